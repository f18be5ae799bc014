using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Xunit;

namespace MdcTts.Infrastructure.Ui;

[Trait("runs", "once")]
public sealed class QrImageTests
{
    private const string Text = "https://mdc-tts.example.sa/t/0123456789abcdefghijklmnopq";

    [Theory]
    [InlineData(100)]
    [InlineData(300)]
    [InlineData(517)]
    [InlineData(1000)]
    public void A_png_has_exactly_the_size_asked_for(int size)
    {
        var png = QrImage.Of(Text).Png(size);

        Assert.Equal(size, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(size, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
    }

    [Theory]
    [InlineData(-5, 100)]
    [InlineData(0, 100)]
    [InlineData(1_000_000, 1000)]
    public void Sizes_are_clamped(int asked, int size) =>
        Assert.Equal(size, BinaryPrimitives.ReadInt32BigEndian(QrImage.Of(Text).Png(asked).AsSpan(16)));

    [Fact]
    public void The_png_shows_the_dots_with_white_around_them()
    {
        var qr = QrImage.Of(Text);
        var size = qr.Modules * 3;

        var pixels = Pixels(qr.Png(size), size);

        for (var y = 0; y < qr.Modules; y++)
        {
            for (var x = 0; x < qr.Modules; x++)
                Assert.Equal(qr.IsDark(x, y), pixels[(y * 3) + 1, (x * 3) + 1]);
        }

        for (var i = 0; i < qr.Modules; i++)
            Assert.False(
                qr.IsDark(i, 3) || qr.IsDark(3, i) || qr.IsDark(i, qr.Modules - 4) || qr.IsDark(qr.Modules - 4, i)
            );
        Assert.True(qr.IsDark(4, 4));
    }

    [Fact]
    public void The_svg_needs_no_style_and_no_script()
    {
        var svg = QrImage.Of(Text).Svg();

        Assert.DoesNotContain("style", svg, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("script", svg, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("fill=\"#fff\"", svg, StringComparison.Ordinal);
        Assert.True(svg.Length < 12_000, $"{svg.Length}");
    }

    private static bool[,] Pixels(byte[] png, int size)
    {
        var at = 8;
        var packed = new MemoryStream();
        while (at < png.Length)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (Encoding.ASCII.GetString(png, at + 4, 4) == "IDAT")
                packed.Write(png, at + 8, length);
            at += length + 12;
        }

        packed.Position = 0;
        using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zlib.CopyTo(plain);
        var bytes = plain.ToArray();
        var stride = (size + 7) / 8 + 1;
        var dark = new bool[size, size];
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
                dark[y, x] = (bytes[(y * stride) + 1 + (x >> 3)] & (0x80 >> (x & 7))) == 0;
        }

        return dark;
    }
}
