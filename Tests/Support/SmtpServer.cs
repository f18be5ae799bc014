using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace MdcTts.Support;

/// <summary>A mail that the server took: its envelope and itself.</summary>
public sealed record TakenMail(string From, IReadOnlyList<string> To, MimeMessage Message, bool Encrypted);

/// <summary>
/// A real SMTP server on loopback, which can be told to refuse, to hang, or to offer TLS with a certificate of its own
/// making.
/// </summary>
public sealed class SmtpServer : IDisposable
{
    public const string CertificateName = "CN=mail.example";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = MakeCertificate();

    public SmtpServer()
    {
        _listener.Start();
        _ = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Mails in the order in which they came.</summary>
    public ConcurrentQueue<TakenMail> Taken { get; } = new();

    /// <summary>Every line that came in the clear.</summary>
    public ConcurrentQueue<string> InTheClear { get; } = new();

    /// <summary>Connections so far.</summary>
    public int Connections { get; private set; }

    public bool OffersTls { get; set; }

    public bool AsksForPassword { get; set; }

    /// <summary>What is answered to RCPT instead of 250; gets the address.</summary>
    public Func<string, string?> Refuse { get; set; } = _ => null;

    /// <summary>What is answered to DATA at its end instead of 250.</summary>
    public string? RefuseData { get; set; }

    /// <summary>Says nothing any more after DATA.</summary>
    public bool Hangs { get; set; }

    /// <summary>Runs after a mail was taken and before the answer: whatever happens elsewhere meanwhile.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    public void Dispose()
    {
        // Twice: a factory of apps disposes of itself in both ways.
        _stop.Cancel();
        _listener.Stop();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Serve(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task Serve(TcpClient client)
    {
        Connections++;
        using var _ = client;
        try
        {
            await Talk(client.GetStream());
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The other side has had enough.
        }
    }

    private async Task Talk(Stream stream)
    {
        var (encrypted, from, to) = (false, "", new List<string>());
        await Say("220 mail.example ready");
        while (await ReadLine() is { } line)
        {
            var verb = line.Split(' ')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO" or "HELO":
                    await Say(
                        string.Join(
                            "\r\n",
                            (string[])
                                [
                                    "250-mail.example",
                                    .. OffersTls && !encrypted ? ["250-STARTTLS"] : Array.Empty<string>(),
                                    .. AsksForPassword ? ["250-AUTH PLAIN"] : Array.Empty<string>(),
                                    "250 8BITMIME",
                                ]
                        )
                    );
                    break;
                case "STARTTLS" when OffersTls:
                    await Say("220 go ahead");
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(_certificate);
                    (stream, encrypted) = (tls, true);
                    break;
                case "AUTH":
                    await Say("235 welcome");
                    break;
                case "MAIL":
                    (from, to) = (Address(line), []);
                    await Say("250 ok");
                    break;
                case "RCPT":
                    var refusal = Refuse(Address(line));
                    if (refusal is null)
                        to.Add(Address(line));
                    await Say(refusal ?? "250 ok");
                    break;
                case "DATA":
                    await Say("354 go on");
                    var mail = await ReadData();
                    if (Hangs)
                        await Task.Delay(Timeout.Infinite, _stop.Token);
                    if (RefuseData is null)
                        Taken.Enqueue(new(from, to, await MimeMessage.LoadAsync(new MemoryStream(mail)), encrypted));
                    if (BeforeAnswer is { } before)
                        await before();
                    await Say(RefuseData ?? "250 taken");
                    break;
                case "RSET" or "NOOP":
                    await Say("250 ok");
                    break;
                case "QUIT":
                    await Say("221 bye");
                    return;
                default:
                    await Say("502 unknown");
                    break;
            }
        }

        Task Say(string answer) => stream.WriteAsync(Encoding.ASCII.GetBytes(answer + "\r\n"), _stop.Token).AsTask();

        async Task<string?> ReadLine()
        {
            var (bytes, one) = (new List<byte>(), new byte[1]);
            while (await stream.ReadAsync(one, _stop.Token) == 1)
            {
                if (one[0] == '\n')
                {
                    var text = Encoding.UTF8.GetString([.. bytes]).TrimEnd('\r');
                    if (!encrypted)
                        InTheClear.Enqueue(text);
                    return text;
                }

                bytes.Add(one[0]);
            }

            return null;
        }

        async Task<byte[]> ReadData()
        {
            var data = new StringBuilder();
            while (await ReadLine() is { } line && line != ".")
                data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
            return Encoding.UTF8.GetBytes(data.ToString());
        }
    }

    private static string Address(string line) => line.Split('<', '>')[1];

    private static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(CertificateName, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch,
            DateTimeOffset.UnixEpoch.AddYears(100)
        );
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
