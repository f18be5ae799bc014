using System.IO.Compression;
using System.Text;
using MdcTts.Features.Files.Kinds;
using Xunit;

namespace MdcTts.Features.Files;

[Trait("runs", "once")]
public sealed class RecognitionTests
{
    private const string Eicar = @"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

    public static TheoryData<string, byte[], string?> Files =>
        new()
        {
            { "a.pdf", Ascii("%PDF-1.7\n"), "pdf" },
            { "a.png", [0x89, .. Ascii("PNG\r\n"), 0x1a, 10, 0, 0], "png" },
            { "scan", [0xff, 0xd8, 0xff, 0xe0, 0, 0x10], "jpg" },
            { "a.tif", [.. Ascii("II"), 0x2a, 0, 8, 0], "tiff" },
            { "a.webp", [.. Ascii("RIFF"), 1, 2, 3, 4, .. Ascii("WEBPVP8 ")], "webp" },
            { "a.heic", [0, 0, 0, 0x18, .. Ascii("ftypheic"), 0, 0, 0, 0], "heic" },
            { "film.mp4", [0, 0, 0, 0x18, .. Ascii("ftypisom"), 0, 0, 0, 0], null },
            { "a.dwg", Ascii("AC1032\0\0\0"), "dwg" },
            { "a.dxf", Ascii("  0\r\nSECTION\r\n  2\r\nHEADER\r\n"), "dxf" },
            { "b.dxf", Ascii("999\nby hand\n0\nSECTION\n"), "dxf" },
            { "a.ifc", Ascii("ISO-10303-21;\nHEADER;"), "ifc" },
            { "a.skp", [0xff, 0xfe, 0xff, 0x0e, .. Encoding.Unicode.GetBytes("SketchUp Model")], "skp" },
            { "a.rar", [.. Ascii("Rar!"), 0x1a, 7, 1, 0], "rar" },
            { "a.7z", [(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c, 0, 4], "7z" },
            { "a.docx", Zip("[Content_Types].xml", "word/document.xml"), "docx" },
            { "a.xlsx", Zip("[Content_Types].xml", "xl/workbook.xml"), "xlsx" },
            { "a.pptx", Zip("[Content_Types].xml", "ppt/presentation.xml"), "pptx" },
            { "a.docx", Zip("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "docm" },
            { "a.zip", Zip("drawings/plan.dwg", "letter.pdf"), "zip" },
            { "a.zip", Zip("drawings/plan.dwg", "setup.exe"), null },
            { "a.zip", Zip("META-INF/MANIFEST.MF", "A.class"), null },
            { "a.zip", [.. Ascii("PK"), 3, 4, 1, 2, 3], null },
            { "a.doc", Compound("WordDocument"), "doc" },
            { "a.doc", Compound("WordDocument", "_VBA_PROJECT"), "doc+macros" },
            { "a.xls", Compound("Workbook"), "xls" },
            { "a.ppt", Compound("PowerPoint Document"), "ppt" },
            { "a.msg", Compound("__properties_version1.0"), "msg" },
            { "a.rvt", Compound("BasicFileInfo"), "rvt" },
            { "setup.msi", Compound("Something"), null },
            { "a.eml", Ascii("Received: by x\r\nFrom: a@b.example\r\nSubject: Permit\r\n\r\nDear all"), "eml" },
            { "a.csv", Ascii("number,title\n1,Gate\n"), "csv" },
            { "notes", Encoding.UTF8.GetBytes("ملاحظات الاجتماع"), "txt" },
            { "MZ.txt", Ascii("MZ-12: the gate of the north"), "txt" },
            { "wide.txt", [0xff, 0xfe, .. Encoding.Unicode.GetBytes("Wide")], "txt" },
            { "eicar.txt", Ascii(Eicar), "txt" },
            { "photo.png", Ascii("<html><script>alert(1)</script>"), null },
            { "photo.png", Ascii("  <!DOCTYPE html><p>"), null },
            { "a.pdf", Ascii("<?xml version='1.0'?><svg onload='x'/>"), null },
            { "a.txt", [0xef, 0xbb, 0xbf, .. Ascii("<svg/>")], null },
            { "a.txt", Ascii("#!/bin/sh\nrm -rf /"), null },
            { "a.bat", Ascii("echo off"), null },
            { "a.js", Ascii("alert(1)"), null },
            { "photo.jpg", [.. Ascii("MZ"), 0x90, 0, 3, 0], null },
            { "a.pdf", [0x7f, .. Ascii("ELF"), 2, 1], null },
            { "a.lnk", [0x4c, 0, 0, 0, 1, 0x14, 2, 0, 0], null },
            { "a.bin", [1, 2, 3, 0, 5], null },
            { "mixed.txt", [.. Ascii(new string('a', 70_000)), 0, 1, 2], null },
        };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_what_its_bytes_say(string name, byte[] bytes, string? kind)
    {
        var found = Recognition.Of(new MemoryStream(bytes), name);

        Assert.Equal(kind, found.Kind?.Key);
        Assert.Equal(kind is null, found.Refusal is not null);
    }

    [Fact]
    public void An_archive_that_unpacks_to_far_too_much_is_refused()
    {
        var bomb = new MemoryStream();
        using (var archive = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("zeros.txt", CompressionLevel.Optimal).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 110; i++)
                entry.Write(zeros);
        }

        Assert.Equal("files.refused.archive_bomb", Recognition.Of(bomb, "bomb.zip").Refusal);
    }

    [Theory]
    [InlineData("letter.pdf", "letter.pdf")]
    [InlineData("LETTER.PDF", "LETTER.PDF")]
    [InlineData("letter", "letter.pdf")]
    [InlineData("invoice.pdf.exe", "invoice.pdf")]
    [InlineData("photo.png", "photo.pdf")]
    [InlineData("plan.v2", "plan.v2.pdf")]
    [InlineData("../../etc/x.pdf", "x.pdf")]
    [InlineData(@"C:\fakepath\x.pdf", "x.pdf")]
    [InlineData("CON.pdf", "_CON.pdf")]
    [InlineData("photo\u202Efdp.exe", "photofdp.pdf")]
    [InlineData("a\u0000b\u0007.pdf", "ab.pdf")]
    [InlineData("a<b>:\"|?*.pdf", "a_b______.pdf")]
    [InlineData("", "file.pdf")]
    [InlineData(".pdf", "file.pdf")]
    [InlineData("\u200b\u200b.pdf", "file.pdf")]
    [InlineData("مخطط الدور الأول.pdf", "مخطط الدور الأول.pdf")]
    [InlineData("📐.pdf", "📐.pdf")]
    [InlineData("end. .pdf", "end.pdf")]
    public void A_name_is_kept_as_far_as_every_system_can_keep_it(string sent, string kept) =>
        Assert.Equal(kept, FileNames.Clean(sent, FileKinds.Pdf));

    [Fact]
    public void A_long_name_keeps_its_ending_and_no_sign_is_cut_in_two()
    {
        var arabic = FileNames.Clean(new string('م', 255) + ".pdf", FileKinds.Pdf);
        var signs = FileNames.Clean(string.Concat(Enumerable.Repeat("📐", 150)) + ".pdf", FileKinds.Pdf);

        Assert.Equal(new string('م', 196) + ".pdf", arabic);
        Assert.Equal(string.Concat(Enumerable.Repeat("📐", 98)) + ".pdf", signs);
        Assert.Equal(200, FileNames.ToldApart(arabic, [arabic]).Length);
        Assert.EndsWith(" (2).pdf", FileNames.ToldApart(arabic, [arabic]));
    }

    [Fact]
    public void No_two_kinds_claim_the_same_key_and_every_kind_has_an_ending()
    {
        Assert.Equal(FileKinds.All.Count, FileKinds.All.Select(k => k.Key).Distinct().Count());
        Assert.All(FileKinds.All, k => Assert.DoesNotContain(k.Endings, FileKinds.IsRunning));
    }

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Zip(params string[] names)
    {
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var name in names)
                archive.CreateEntry(name).Open().Dispose();
        return zip.ToArray();
    }

    // No sound file, but one with the signature and a directory.
    private static byte[] Compound(params string[] streams)
    {
        var bytes = new byte[512 + (128 * (streams.Length + 1))];
        new byte[] { 0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1 }.CopyTo(bytes, 0);
        for (var i = 0; i < streams.Length; i++)
            Encoding.Unicode.GetBytes(streams[i]).CopyTo(bytes, 512 + (128 * i));
        return bytes;
    }
}
