using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace MdcTts.Infrastructure.Security;

/// <summary>Wraps DataProtection's keys with SECRET_KEY (AES-256-GCM), so that the database alone opens nothing.</summary>
public sealed class SecretKeyEncryptor(AppSettings settings) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var (cipher, tag) = (new byte[plain.Length], new byte[AesGcm.TagByteSizes.MaxSize]);
        using var aes = SecretKeyDecryptor.Cipher(settings);
        aes.Encrypt(nonce, plain, cipher, tag);
        return new(new XElement("wrapped", Convert.ToBase64String([.. nonce, .. tag, .. cipher])), typeof(SecretKeyDecryptor));
    }
}

/// <summary>Unwraps what <see cref="SecretKeyEncryptor"/> wrapped. Created by DataProtection, which hands it the services.</summary>
public sealed class SecretKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        ReadOnlySpan<byte> all = Convert.FromBase64String(encryptedElement.Value);
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        var plain = new byte[all.Length - nonce - tag];
        using var aes = Cipher(services.GetRequiredService<AppSettings>());
        aes.Decrypt(all[..nonce], all[(nonce + tag)..], all[nonce..(nonce + tag)], plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }

    internal static AesGcm Cipher(AppSettings settings) =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, settings.SecretKey, 32, info: "data-protection-keys"u8.ToArray()), AesGcm.TagByteSizes.MaxSize);
}
