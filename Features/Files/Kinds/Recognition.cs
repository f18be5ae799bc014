using System.IO.Compression;
using System.Text;

namespace MdcTts.Features.Files.Kinds;

/// <summary>Finds out by content what a file is: its name and what the sender says are not believed.</summary>
/// <remarks>
/// Reads the beginning of the file, the directory of an archive, and for text all of it. Signatures: the formats' own
/// specifications, and the list of Gary Kessler.
/// </remarks>
public static class Recognition
{
    private const int HeadBytes = 64 * 1024;
    private const int ArchiveEntriesMax = 20_000;
    private const long UnpackedMax = 4L << 30;

    /// <summary>Honest drawings and texts shrink to a hundredth at most.</summary>
    private const int RatioMax = 150;
    private const long RatioCountsFrom = 100L << 20;

    private static readonly Recognised Unknown = new(null, "files.refused.unknown");
    private static readonly Recognised Program = new(null, "files.refused.program");
    private static readonly Recognised WebPage = new(null, "files.refused.web_page");

    private static readonly byte[][] Programs =
    [
        [.. "MZ"u8],
        [0x7f, .. "ELF"u8],
        [0xfe, 0xed, 0xfa, 0xce],
        [0xfe, 0xed, 0xfa, 0xcf],
        [0xce, 0xfa, 0xed, 0xfe],
        [0xcf, 0xfa, 0xed, 0xfe],
        [0xca, 0xfe, 0xba, 0xbe],
        [.. "dex\n"u8],
        [0, .. "asm"u8],
        [.. "!<arch>"u8],
        [0x4c, 0, 0, 0, 0x01, 0x14, 0x02, 0],
        [.. "#!"u8],
        [.. "FWS"u8],
        [.. "CWS"u8],
        [.. "ITSF"u8],
        [.. "MSCF"u8],
    ];

    private static readonly (byte[] Start, FileKind Kind)[] Signatures =
    [
        ([.. "%PDF-"u8], FileKinds.Pdf),
        ([0x89, .. "PNG\r\n"u8, 0x1a, (byte)'\n'], FileKinds.Png),
        ([0xff, 0xd8, 0xff], FileKinds.Jpeg),
        ([.. "II"u8, 0x2a, 0], FileKinds.Tiff),
        ([.. "MM"u8, 0, 0x2a], FileKinds.Tiff),
        ([.. "II"u8, 0x2b, 0], FileKinds.Tiff),
        ([.. "AC10"u8], FileKinds.Dwg),
        ([.. "AutoCAD Binary DXF\r\n"u8], FileKinds.Dxf),
        ([.. "ISO-10303-21;"u8], FileKinds.Ifc),
        ([0xff, 0xfe, 0xff, 0x0e, .. Encoding.Unicode.GetBytes("SketchUp Model")], FileKinds.Skp),
        ([.. "Rar!"u8, 0x1a, 0x07], FileKinds.Rar),
        ([(byte)'7', (byte)'z', 0xbc, 0xaf, 0x27, 0x1c], FileKinds.SevenZip),
    ];

    private static readonly byte[] Zip = [.. "PK"u8, 3, 4];
    private static readonly byte[] EmptyZip = [.. "PK"u8, 5, 6];
    private static readonly byte[] Compound = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    private static readonly string[] HeicBrands = ["heic", "heix", "heim", "heis", "hevc", "mif1", "msf1"];

    private static readonly string[] MailHeaders =
    [
        "from:",
        "received:",
        "return-path:",
        "delivered-to:",
        "mime-version:",
        "message-id:",
        "x-mozilla-status:",
        "date:",
        "subject:",
        "to:",
    ];

    private static readonly string[] Markup =
    [
        "<!doctype",
        "<html",
        "<head",
        "<body",
        "<script",
        "<svg",
        "<?xml",
        "<?php",
        "<%",
        "<iframe",
        "<!--",
        "<xsl",
        "<math",
        "<hta",
    ];

    /// <summary>What the file is.</summary>
    /// <param name="file">All its bytes; it can seek. It is left somewhere.</param>
    /// <param name="name">As it was sent: text alone has nothing that tells its kinds apart.</param>
    public static Recognised Of(Stream file, string name)
    {
        var head = HeadOf(file);
        if (Array.Exists(Programs, start => IsProgram(head, start)))
            return Program;
        foreach (var (start, kind) in Signatures)
            if (Begins(head, start))
                return new(kind);
        if (head.Length > 12 && Begins(head, "RIFF"u8) && Begins(head.AsSpan(8), "WEBP"u8))
            return new(FileKinds.Webp);
        if (head.Length > 12 && Begins(head.AsSpan(4), "ftyp"u8))
            return HeicBrands.Contains(Encoding.Latin1.GetString(head[8..12])) ? new(FileKinds.Heic) : Unknown;
        if (Begins(head, Zip) || Begins(head, EmptyZip))
            return InArchive(file);
        return Begins(head, Compound) ? InCompound(file) : InText(head, file, FileNames.EndingOf(name));
    }

    private static byte[] HeadOf(Stream file)
    {
        file.Position = 0;
        var head = new byte[Math.Min(HeadBytes, file.Length)];
        return head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
    }

    private static bool Begins(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start) => bytes.StartsWith(start);

    // Two letters are also the beginning of a text: "MZ-12: the gate".
    private static bool IsProgram(byte[] head, byte[] start) =>
        Begins(head, start) && (start.Length > 3 || !IsText(head.AsSpan(0, Math.Min(head.Length, 64))));

    private static Recognised InArchive(Stream file)
    {
        try
        {
            file.Position = 0;
            using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count > ArchiveEntriesMax)
                return new(null, "files.refused.archive_many", ArchiveEntriesMax);
            var names = archive.Entries.Select(e => e.FullName.Replace('\\', '/')).ToList();
            var (packed, unpacked) = (archive.Entries.Sum(e => e.CompressedLength), archive.Entries.Sum(e => e.Length));
            if (unpacked > UnpackedMax || (unpacked > RatioCountsFrom && unpacked / Math.Max(1, packed) > RatioMax))
                return new(null, "files.refused.archive_bomb");
            if (Office(names) is { } office)
                return new(office);
            if (OpenDocumentKind(archive) is { } open)
                return new(open);
            if (
                names.Exists(n =>
                    n is "META-INF/MANIFEST.MF" or "AndroidManifest.xml" or "classes.dex" or "AppxManifest.xml"
                )
            )
                return Program;
            if (names.Find(n => FileKinds.IsRunning(FileNames.EndingOf(n))) is { } running)
                return new(null, "files.refused.archive_program", running);
            return new(FileKinds.Zip);
        }
        catch (InvalidDataException)
        {
            return new(null, "files.refused.broken");
        }
    }

    private static FileKind? Office(List<string> names)
    {
        if (!names.Contains("[Content_Types].xml"))
            return null;
        var hasMacros = names.Exists(n => n.EndsWith("vbaProject.bin", StringComparison.OrdinalIgnoreCase));
        bool Has(string folder) => names.Exists(n => n.StartsWith(folder, StringComparison.Ordinal));
        if (Has("word/"))
            return hasMacros ? FileKinds.Docm : FileKinds.Docx;
        if (Has("xl/"))
            return hasMacros || names.Contains("xl/workbook.bin") ? FileKinds.Xlsm : FileKinds.Xlsx;
        if (Has("ppt/"))
            return hasMacros ? FileKinds.Pptm : FileKinds.Pptx;
        return null;
    }

    private static FileKind? OpenDocumentKind(ZipArchive archive)
    {
        if (archive.GetEntry("mimetype") is not { Length: < 100 } entry)
            return null;
        using var reader = new StreamReader(entry.Open(), Encoding.ASCII);
        var type = reader.ReadToEnd().Trim();
        return new[] { FileKinds.Odt, FileKinds.Ods, FileKinds.Odp }.FirstOrDefault(k => k.ContentType == type);
    }

    // The names of its streams stand in its directory, as UTF-16.
    private static Recognised InCompound(Stream file)
    {
        string[] wanted =
        [
            "WordDocument",
            "Workbook",
            "Book",
            "PowerPoint Document",
            "__properties_version1.0",
            "BasicFileInfo",
            "_VBA_PROJECT",
        ];
        var found = NamesIn(file, wanted);
        var hasMacros = found.Contains("_VBA_PROJECT");
        if (found.Contains("__properties_version1.0"))
            return new(FileKinds.Msg);
        if (found.Contains("BasicFileInfo"))
            return new(FileKinds.Rvt);
        if (found.Contains("WordDocument"))
            return new(hasMacros ? FileKinds.DocMacros : FileKinds.Doc);
        if (found.Contains("PowerPoint Document"))
            return new(hasMacros ? FileKinds.PptMacros : FileKinds.Ppt);
        if (found.Contains("Workbook") || found.Contains("Book"))
            return new(hasMacros ? FileKinds.XlsMacros : FileKinds.Xls);
        return Unknown;
    }

    private static HashSet<string> NamesIn(Stream file, string[] wanted)
    {
        // An entry of the directory has 128 bytes and begins with its name, at a multiple of 128.
        const int entry = 128;
        var found = new HashSet<string>(StringComparer.Ordinal);
        var names = wanted.ToDictionary(n => n, n => Encoding.Unicode.GetBytes(n + "\0"), StringComparer.Ordinal);
        var buffer = new byte[entry * 512];
        file.Position = 0;
        int read;
        while ((read = file.ReadAtLeast(buffer, buffer.Length, false)) > 0)
            for (var at = 0; at + entry <= read; at += entry)
                foreach (var (name, bytes) in names)
                    if (buffer.AsSpan(at, bytes.Length).SequenceEqual(bytes))
                        found.Add(name);
        return found;
    }

    private static Recognised InText(byte[] head, Stream file, string ending)
    {
        if (head.Length == 0)
            return new(null, "files.refused.empty");
        if (!IsText(file, out var isDrawing))
            return Unknown;
        if (isDrawing)
            return new(FileKinds.Dxf);
        var text = Opening(head);
        var start = text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n', '\0');
        if (Array.Exists(Markup, m => start.StartsWith(m, StringComparison.OrdinalIgnoreCase)))
            return WebPage;
        if (start.StartsWith("#!", StringComparison.Ordinal) || FileKinds.IsRunning(ending))
            return Program;
        if (IsMail(start))
            return new(FileKinds.Eml);
        return new(FileKinds.Csv.Endings.Contains(ending) ? FileKinds.Csv : FileKinds.Text);
    }

    private static string Opening(byte[] head) =>
        head is [0xff, 0xfe, ..] ? Encoding.Unicode.GetString(head)
        : head is [0xfe, 0xff, ..] ? Encoding.BigEndianUnicode.GetString(head)
        : Encoding.UTF8.GetString(head);

    // The first lines are fields, and at least two of them are those of a letter.
    private static bool IsMail(string start)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in start.Split('\n').Take(60))
        {
            var text = line.TrimEnd('\r');
            if (text.Length == 0)
                break;
            if (text[0] is ' ' or '\t')
                continue;
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0 || text[..colon].Any(c => c is <= ' ' or > '~'))
                return false;
            known.Add(text[..(colon + 1)].ToLowerInvariant());
        }

        return known.Intersect(MailHeaders).Count() >= 2;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (var b in bytes)
            if (b < 32 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r' or 12))
                return false;
        return true;
    }

    // All of it: a text that goes on as something else is none.
    private static bool IsText(Stream file, out bool isDrawing)
    {
        isDrawing = false;
        file.Position = 0;
        var buffer = new byte[HeadBytes];
        var isFirst = true;
        var isWide = false;
        int read;
        while ((read = file.ReadAtLeast(buffer, buffer.Length, false)) > 0)
        {
            var bytes = buffer.AsSpan(0, read);
            if (isFirst)
            {
                isWide = bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..];
                isDrawing = IsDrawing(bytes);
                isFirst = false;
            }

            if (!isWide && !IsText(bytes))
                return false;
        }

        return true;
    }

    // "0" and "SECTION" on the first two lines, after comments ("999" and a line).
    private static bool IsDrawing(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 4_000)]).Split('\n');
        for (var i = 0; i + 1 < lines.Length; i += 2)
        {
            var code = lines[i].Trim();
            if (code == "999")
                continue;
            return code == "0" && lines[i + 1].Trim() == "SECTION";
        }

        return false;
    }
}
