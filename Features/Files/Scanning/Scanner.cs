using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using MdcTts.Infrastructure.Configuration;

namespace MdcTts.Features.Files.Scanning;

/// <summary>The scanner did not answer, or answered what cannot be understood: nothing is known of the file.</summary>
public sealed class ScannerException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// Asks ClamAV's clamd, by TCP or by a socket, with its command INSTREAM: the bytes in pieces, each after its length.
/// </summary>
public sealed class Scanner(AppSettings settings)
{
    private const int PieceBytes = 64 * 1024;
    private const int AnswerMaxBytes = 4096;

    /// <summary>For a file of any size that is taken in.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    /// <summary>False where no scanner is set up: then files are kept and shown as not scanned.</summary>
    public bool IsHere => settings.Scanner is not null;

    /// <summary>What the scanner found in a file; null: nothing.</summary>
    /// <exception cref="ScannerException">It could not say.</exception>
    public async Task<string?> Scan(Stream file, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        try
        {
            var answer = await Ask(file, limit.Token);
            if (answer == "stream: OK")
                return null;
            const string found = " FOUND";
            if (
                answer.StartsWith("stream: ", StringComparison.Ordinal)
                && answer.EndsWith(found, StringComparison.Ordinal)
            )
                return answer["stream: ".Length..^found.Length];
            throw new ScannerException($"clamd answered: {answer}");
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            stop.ThrowIfCancellationRequested();
            throw new ScannerException("clamd did not answer.", e);
        }
    }

    private async Task<string> Ask(Stream file, CancellationToken stop)
    {
        var address = settings.Scanner!;
        using var socket =
            address is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (var connecting = CancellationTokenSource.CreateLinkedTokenSource(stop))
        {
            connecting.CancelAfter(ConnectPatience);
            await socket.ConnectAsync(address, connecting.Token);
        }

        await using var line = new NetworkStream(socket);
        await line.WriteAsync("zINSTREAM\0"u8.ToArray(), stop);
        var piece = new byte[4 + PieceBytes];
        try
        {
            int read;
            while ((read = await file.ReadAsync(piece.AsMemory(4), stop)) > 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(piece, read);
                await line.WriteAsync(piece.AsMemory(0, 4 + read), stop);
            }

            await line.WriteAsync(new byte[4], stop);
        }
        // It hangs up on what is larger than its limit, and says so first.
        catch (IOException) when (socket.Available > 0) { }

        return await Answer(line, stop);
    }

    private static async Task<string> Answer(NetworkStream line, CancellationToken stop)
    {
        var answer = new byte[AnswerMaxBytes];
        var length = 0;
        int read;
        while (length < answer.Length && (read = await line.ReadAsync(answer.AsMemory(length), stop)) > 0)
        {
            length += read;
            if (answer.AsSpan(0, length).Contains((byte)0))
                break;
        }

        return Encoding.UTF8.GetString(answer, 0, length).TrimEnd('\0', '\n');
    }
}
