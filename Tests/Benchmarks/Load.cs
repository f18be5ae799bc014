using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MdcTts.Benchmarks;

/// <summary>What one measurement saw.</summary>
internal sealed record Measured(List<long> Ticks, long Errors, long Bytes, TimeSpan Time)
{
    public static Measured operator +(Measured a, Measured b) =>
        new([.. a.Ticks, .. b.Ticks], a.Errors + b.Errors, a.Bytes + b.Bytes, a.Time + b.Time);

    public double PerSecond => Ticks.Count / Time.TotalSeconds;

    /// <summary>Milliseconds that this part of the answers stayed under; call <see cref="Sorted"/> first.</summary>
    public double Percentile(double part) =>
        Ticks.Count == 0
            ? double.NaN
            : Ticks[(int)Math.Min(Ticks.Count - 1, Math.Ceiling(part * Ticks.Count) - 1)]
                * 1000.0
                / Stopwatch.Frequency;

    public Measured Sorted()
    {
        Ticks.Sort();
        return this;
    }
}

/// <summary>
/// Sends one prebuilt request over and over on keep-alive connections, each on a blocking thread of its own: the least
/// work per request, because it shares the processors with what it measures.
/// </summary>
internal static class Load
{
    /// <param name="path">Where the scenario stands on this server, when it is not its own path.</param>
    public static Measured Run(Server server, Scenario scenario, Plan plan, TimeSpan time, string? path = null) =>
        Run(server.Port, scenario.Bytes(path ?? scenario.Path, plan.Encoding), scenario.Status, plan.Connections, time);

    public static Measured Run(int port, byte[] request, int status, int connections, TimeSpan time)
    {
        var clients = Enumerable.Range(0, connections).Select(_ => new Client(port, request, status)).ToList();
        var start = Stopwatch.GetTimestamp();
        var until = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var threads = clients.Select(c => new Thread(() => c.Until(until), 256 * 1024)).ToList();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        // Until the last answer and not until the bell: those answers are counted too.
        return new(
            [.. clients.SelectMany(c => c.Ticks)],
            clients.Sum(c => c.Errors),
            clients.Sum(c => c.Bytes),
            Stopwatch.GetElapsedTime(start)
        );
    }

    private sealed class Client(int port, byte[] request, int status)
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private Socket? _socket;
        private int _start;
        private int _end;

        public List<long> Ticks { get; } = new(16 * 1024);
        public long Errors { get; private set; }
        public long Bytes { get; private set; }

        public void Until(long until)
        {
            while (Stopwatch.GetTimestamp() is var began && began < until)
            {
                try
                {
                    _socket ??= Connect();
                    for (var sent = 0; sent < request.Length; )
                        sent += _socket.Send(request.AsSpan(sent));
                    if (Answer() == status)
                        Ticks.Add(Stopwatch.GetTimestamp() - began);
                    else
                        Errors++;
                }
                catch (Exception e) when (e is SocketException or IOException)
                {
                    Errors++;
                    _socket?.Dispose();
                    _socket = null;
                    Thread.Sleep(20);
                }
            }

            _socket?.Dispose();
        }

        private Socket Connect()
        {
            _start = _end = 0;
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                ReceiveTimeout = 30_000,
            };
            socket.Connect(IPAddress.Loopback, port);
            return socket;
        }

        private int Answer()
        {
            int length;
            while ((length = Held.IndexOf("\r\n\r\n"u8)) < 0)
                Receive();
            var head = Held[..(length + 2)];
            if (!Utf8Parser.TryParse(head[9..12], out int got, out _))
                throw new IOException("Not HTTP.");
            long body = 0;
            var isChunked = head.IndexOf("\r\nTransfer-Encoding: chunked\r\n"u8) >= 0;
            if (
                head.IndexOf("\r\nContent-Length: "u8) is var at and >= 0
                && !Utf8Parser.TryParse(head[(at + 18)..], out body, out _)
            )
                throw new IOException("Not a length.");
            Skip(length + 4);
            if (isChunked)
                SkipChunks();
            else
                Skip(body);
            return got;
        }

        private void SkipChunks()
        {
            while (true)
            {
                int line;
                while ((line = Held.IndexOf("\r\n"u8)) < 0)
                    Receive();
                if (!Utf8Parser.TryParse(Held[..line], out long size, out _, 'x'))
                    throw new IOException("Not a chunk.");
                Skip(line + 2 + size + 2);
                if (size == 0)
                    return;
            }
        }

        private ReadOnlySpan<byte> Held => _buffer.AsSpan(_start, _end - _start);

        private void Skip(long count)
        {
            Bytes += count;
            while (count > _end - _start)
            {
                count -= _end - _start;
                _start = _end = 0;
                Receive();
            }

            _start += (int)count;
        }

        private void Receive()
        {
            if (_start == _end)
                _start = _end = 0;
            if (_end == _buffer.Length)
            {
                Held.CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var got = _socket!.Receive(_buffer.AsSpan(_end));
            if (got == 0)
                throw new IOException("The connection was closed.");
            _end += got;
        }
    }
}
