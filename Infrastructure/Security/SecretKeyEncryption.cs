using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Infrastructure.Security;

/// <summary>
/// Wraps DataProtection's keys with SECRET_KEY (AES-256-GCM), so that the database alone opens nothing.
/// </summary>
public sealed class SecretKeyEncryptor(AppSettings settings) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement) =>
        new(SecretKeyWrapping.Close(plaintextElement, settings.SecretKey), typeof(SecretKeyDecryptor));
}

/// <summary>
/// Unwraps what <see cref="SecretKeyEncryptor"/> wrapped, also with a key before this one. Created by DataProtection,
/// which hands it the services.
/// </summary>
public sealed class SecretKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var settings = services.GetRequiredService<AppSettings>();
        return SecretKeyWrapping.Open(encryptedElement, settings.SecretKey)
            ?? SecretKeyWrapping.OpenWithPrevious(encryptedElement, settings)
            ?? throw new CryptographicException("Neither SECRET_KEY nor one of SECRET_KEY_PREVIOUS opens this key.");
    }
}

/// <summary>The wrapping itself, and what a new SECRET_KEY asks of it.</summary>
public static class SecretKeyWrapping
{
    /// <summary>
    /// At a start with SECRET_KEY_PREVIOUS: wraps with SECRET_KEY what only an earlier key opens, so that the earlier
    /// key is no longer needed.
    /// </summary>
    public static async Task<int> Renew(EngineDb db, AppSettings settings, CancellationToken stop)
    {
        if (settings.SecretKeysPrevious.Count == 0)
            return 0;
        await using var write = await db.BeginWrite(stop);
        var renewed = 0;
        foreach (var row in await db.DataProtectionKeys.Where(k => k.Xml != null).ToListAsync(stop))
        {
            var document = XElement.Parse(row.Xml!);
            if (
                document.Descendants("wrapped").FirstOrDefault() is not { } wrapped
                || Open(wrapped, settings.SecretKey) is not null
            )
                continue;
            if (OpenWithPrevious(wrapped, settings) is not { } opened)
                continue;
            wrapped.ReplaceWith(Close(opened, settings.SecretKey));
            row.Xml = document.ToString(SaveOptions.DisableFormatting);
            renewed++;
        }

        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return renewed;
    }

    internal static XElement Close(XElement element, byte[] key)
    {
        var plain = Encoding.UTF8.GetBytes(element.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var (cipher, tag) = (new byte[plain.Length], new byte[AesGcm.TagByteSizes.MaxSize]);
        using var aes = Cipher(key);
        aes.Encrypt(nonce, plain, cipher, tag);
        return new("wrapped", Convert.ToBase64String([.. nonce, .. tag, .. cipher]));
    }

    /// <summary>Null when it was closed with another key.</summary>
    internal static XElement? Open(XElement wrapped, byte[] key)
    {
        ReadOnlySpan<byte> all = Convert.FromBase64String(wrapped.Value);
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var plain = new byte[all.Length - nonce - tag];
        using var aes = Cipher(key);
        try
        {
            aes.Decrypt(all[..nonce], all[(nonce + tag)..], all[nonce..(nonce + tag)], plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }

    internal static XElement? OpenWithPrevious(XElement wrapped, AppSettings settings) =>
        settings.SecretKeysPrevious.Select(key => Open(wrapped, key)).FirstOrDefault(opened => opened is not null);

    private static AesGcm Cipher(byte[] key) =>
        new(
            HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "data-protection-keys"u8.ToArray()),
            AesGcm.TagByteSizes.MaxSize
        );
}
