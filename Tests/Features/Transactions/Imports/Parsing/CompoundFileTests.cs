using FsCheck.Xunit;
using Xunit;

namespace MdcTts.Features.Transactions.Imports.Parsing;

[Trait("runs", "once")]
public sealed class CompoundFileTests
{
    [Theory]
    [InlineData(4_096)]
    [InlineData(5_000)]
    [InlineData(50_000)]
    public void A_part_comes_out_as_it_went_in(int length)
    {
        var content = Content(length);

        var part = new CompoundFile(Workbooks.Compound(content, "Workbook").ToArray()).Part("workbook")!;

        Assert.Equal(content, part[..length]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(1_000)]
    [InlineData(4_000)]
    public void A_small_part_comes_out_of_the_sectors_it_shares(int length)
    {
        var content = Content(length);

        Assert.Equal(
            content,
            new CompoundFile(Workbooks.SmallCompound(content, "Workbook").ToArray()).Part("Workbook")
        );
    }

    [Fact]
    public void A_part_that_is_not_there_is_none()
    {
        var file = new CompoundFile(Workbooks.Compound(Content(5_000), "Workbook").ToArray());

        Assert.True(file.Has("WORKBOOK"));
        Assert.False(file.Has("EncryptedPackage"));
        Assert.Null(file.Part("Book"));
    }

    [Fact]
    public void A_chain_that_runs_in_a_circle_ends()
    {
        var bytes = Workbooks.Compound(Content(5_000), "Workbook").ToArray();
        BitConverter.GetBytes(2).CopyTo(bytes, 512 + (5 * 4));

        Assert.InRange(new CompoundFile(bytes).Part("Workbook")!.Length, 1, bytes.Length);
    }

    [Property]
    public void Whatever_the_header_says_parts_are_no_larger_than_the_file(byte[] noise, byte at)
    {
        var bytes = Workbooks.Compound(Content(5_000), "Workbook").ToArray();
        for (var i = 0; i < noise.Length; i++)
            bytes[24 + ((at + (i * 5)) % 1_500)] = noise[i];

        try
        {
            Assert.InRange(new CompoundFile(bytes).Part("Workbook")?.Length ?? 0, 0, bytes.Length * 8);
        }
        catch (RegisterFaultException unreadable)
        {
            Assert.Equal(RegisterFault.UnreadableFile, unreadable.Fault);
        }
    }

    private static byte[] Content(int length) => [.. Enumerable.Range(0, length).Select(static at => (byte)(at * 7))];
}
