using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MdcTts.Support;

/// <summary>
/// A security key made of software, which says of itself whatever a test wants: ES256, no attestation, no counter.
/// </summary>
/// <param name="origin">The address for which it is, such as <c>https://mdc.example</c>.</param>
internal sealed class SoftKey(string origin) : IDisposable
{
    private const int Present = 0x01;
    private const int Verified = 0x04;
    private const int WithKey = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(16);
    private string _user = "";

    public void Dispose() => _key.Dispose();

    /// <summary>Answers the options of registering.</summary>
    public string Make(string options, bool verified)
    {
        using var asked = JsonDocument.Parse(options);
        _user = asked.RootElement.GetProperty("user").GetProperty("id").GetString()!;
        var at = _key.ExportParameters(includePrivateParameters: false).Q;
        // RFC 8152: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
        byte[] key = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32, .. at.X!, 0x22, 0x58, 32, .. at.Y!];
        byte[] data = [.. Data(WithKey, verified), .. new byte[16], 0, (byte)_id.Length, .. _id, .. key];
        // {"fmt": "none", "attStmt": {}, "authData": data}
        byte[] made =
        [
            0xA3,
            .. Text("fmt"),
            .. Text("none"),
            .. Text("attStmt"),
            0xA0,
            .. Text("authData"),
            0x58,
            (byte)data.Length,
            .. data,
        ];
        return Credential(
            new { clientDataJSON = Encode(Client("webauthn.create", asked)), attestationObject = Encode(made) }
        );
    }

    /// <summary>Answers the options of signing in.</summary>
    public string Show(string options, bool verified)
    {
        using var asked = JsonDocument.Parse(options);
        var (client, data) = (Client("webauthn.get", asked), Data(0, verified));
        byte[] signed = [.. data, .. SHA256.HashData(client)];
        return Credential(
            new
            {
                clientDataJSON = Encode(client),
                authenticatorData = Encode(data),
                signature = Encode(
                    _key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ),
                userHandle = _user,
            }
        );
    }

    private string Credential(object response) =>
        JsonSerializer.Serialize(
            new
            {
                id = Encode(_id),
                rawId = Encode(_id),
                type = "public-key",
                response,
                clientExtensionResults = new { },
            }
        );

    private byte[] Client(string type, JsonDocument asked) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                type,
                challenge = asked.RootElement.GetProperty("challenge").GetString(),
                origin,
                crossOrigin = false,
            }
        );

    private byte[] Data(int flags, bool verified)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, 0);
        var said = (byte)(Present | flags | (verified ? Verified : 0));
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(new Uri(origin).Host)), said, .. counter];
    }

    private static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
