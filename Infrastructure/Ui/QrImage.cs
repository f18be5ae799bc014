using System.Buffers.Binary;
using System.Collections;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Html;
using QRCoder;

namespace MdcTts.Infrastructure.Ui;

/// <summary>A QR code, black on white with its quiet zone, whatever the theme.</summary>
/// <remarks>
/// The encoding is QRCoder's; the pictures are written here, because its SVG has an element for every dot and its PNG
/// has no exact size.
/// </remarks>
public sealed class QrImage
{
    public const int SizeMin = 100;
    public const int SizeMax = 1000;
    public const int SizeDefault = 300;

    /// <summary>Four modules of white on each side, as the standard asks.</summary>
    private const int Quiet = 4;

    private static readonly uint[] Crcs =
    [
        .. Enumerable
            .Range(0, 256)
            .Select(static n =>
                Enumerable
                    .Range(0, 8)
                    .Aggregate((uint)n, static (c, _) => (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1)
            ),
    ];

    private readonly List<BitArray> _rows;

    private QrImage(List<BitArray> rows) => _rows = rows;

    /// <summary>Encodes a text; one dot in seven may be lost to a stain and it is still read.</summary>
    public static QrImage Of(string text)
    {
        using var data = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        // QRCoder's matrix has the quiet zone already.
        return new(data.ModuleMatrix);
    }

    /// <summary>Dots a side, quiet zone included.</summary>
    public int Modules => _rows.Count;

    /// <summary>For a page: no style, no size of its own; runs of dots as one path.</summary>
    /// <param name="label">What it is, for screen readers.</param>
    public HtmlString Inline(string label) =>
        new(
            $"<svg viewBox=\"0 0 {Modules} {Modules}\" role=\"img\" "
                + $"aria-label=\"{System.Net.WebUtility.HtmlEncode(label)}\" shape-rendering=\"crispEdges\">"
                + $"{Paths()}</svg>"
        );

    /// <summary>As a file.</summary>
    public string Svg() =>
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{SizeDefault}\" height=\"{SizeDefault}\" "
        + $"viewBox=\"0 0 {Modules} {Modules}\" shape-rendering=\"crispEdges\">{Paths()}</svg>";

    private string Paths() =>
        $"<path fill=\"#fff\" d=\"M0 0h{Modules}v{Modules}H0z\"/><path fill=\"#000\" d=\"{Path()}\"/>";

    /// <summary>
    /// Exactly <paramref name="size"/> dots a side, clamped; whole pixels for each module, the rest is more white
    /// around it.
    /// </summary>
    public byte[] Png(int size)
    {
        size = Math.Clamp(size, Math.Max(SizeMin, Modules), Math.Max(SizeMax, Modules));
        var scale = size / Modules;
        var edge = (size - (scale * Modules)) / 2;
        var stride = (size + 7) / 8;
        var pixels = new byte[size * (stride + 1)];
        for (var y = 0; y < size; y++)
        {
            var line = pixels.AsSpan(y * (stride + 1) + 1, stride);
            line.Fill(0xFF);
            for (var x = 0; x < size; x++)
            {
                if (IsDark((x - edge) / scale, (y - edge) / scale) && x >= edge && y >= edge)
                    line[x >> 3] &= (byte)~(0x80 >> (x & 7));
            }
        }

        using var png = new MemoryStream();
        png.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, size);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), size);
        header[8] = 1; // one bit a pixel, greys
        Chunk(png, "IHDR"u8, header);
        using (var packed = new MemoryStream())
        {
            using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
                zlib.Write(pixels);
            Chunk(png, "IDAT"u8, packed.ToArray());
        }

        Chunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    internal bool IsDark(int x, int y) => x >= 0 && y >= 0 && x < Modules && y < Modules && _rows[y][x];

    private string Path()
    {
        var path = new StringBuilder("M0 0");
        var (lastX, lastY) = (0, 0);
        for (var y = Quiet; y < Modules - Quiet; y++)
        {
            for (var x = Quiet; x < Modules - Quiet; x++)
            {
                var from = x;
                while (IsDark(x, y))
                    x++;
                if (x == from)
                    continue;
                // From the run before: small numbers that repeat.
                path.Append($"m{from - lastX} {y - lastY}h{x - from}v1h-{x - from}z");
                (lastX, lastY) = (from, y);
            }
        }

        return path.ToString();
    }

    private static void Chunk(MemoryStream png, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        png.Write(type);
        png.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        png.Write(number);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
            crc = Crcs[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return crc;
    }
}
