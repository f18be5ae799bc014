namespace MdcTts.Features.Files.Kinds;

/// <summary>The kinds of files that this trade uses. Everything else is refused.</summary>
public static class FileKinds
{
    private const string OpenXml = "application/vnd.openxmlformats-officedocument.";
    private const string OpenDocument = "application/vnd.oasis.opendocument.";

    public static readonly FileKind Pdf = new("pdf", "application/pdf", "pdf");
    public static readonly FileKind Png = new("png", "image/png", "png");
    public static readonly FileKind Jpeg = new("jpg", "image/jpeg", "jpg", "jpeg", "jpe", "jfif");
    public static readonly FileKind Tiff = new("tiff", "image/tiff", "tif", "tiff");
    public static readonly FileKind Webp = new("webp", "image/webp", "webp");
    public static readonly FileKind Heic = new("heic", "image/heic", "heic", "heif");
    public static readonly FileKind Docx = new("docx", OpenXml + "wordprocessingml.document", "docx", "dotx");
    public static readonly FileKind Xlsx = new("xlsx", OpenXml + "spreadsheetml.sheet", "xlsx", "xltx");
    public static readonly FileKind Pptx = new("pptx", OpenXml + "presentationml.presentation", "pptx", "ppsx", "potx");

    public static readonly FileKind Docm = new(
        "docm",
        "application/vnd.ms-word.document.macroEnabled.12",
        "docm",
        "dotm"
    )
    {
        HasMacros = true,
    };

    public static readonly FileKind Xlsm = new(
        "xlsm",
        "application/vnd.ms-excel.sheet.macroEnabled.12",
        "xlsm",
        "xltm",
        "xlsb"
    )
    {
        HasMacros = true,
    };

    public static readonly FileKind Pptm = new(
        "pptm",
        "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
        "pptm",
        "ppsm",
        "potm"
    )
    {
        HasMacros = true,
    };

    public static readonly FileKind Odt = new("odt", OpenDocument + "text", "odt");
    public static readonly FileKind Ods = new("ods", OpenDocument + "spreadsheet", "ods");
    public static readonly FileKind Odp = new("odp", OpenDocument + "presentation", "odp");
    public static readonly FileKind Doc = new("doc", "application/msword", "doc", "dot");
    public static readonly FileKind Xls = new("xls", "application/vnd.ms-excel", "xls", "xlt");
    public static readonly FileKind Ppt = new("ppt", "application/vnd.ms-powerpoint", "ppt", "pps", "pot");
    public static readonly FileKind DocMacros = Doc with { Key = "doc+macros", HasMacros = true };
    public static readonly FileKind XlsMacros = Xls with { Key = "xls+macros", HasMacros = true };
    public static readonly FileKind PptMacros = Ppt with { Key = "ppt+macros", HasMacros = true };
    public static readonly FileKind Msg = new("msg", "application/vnd.ms-outlook", "msg");
    public static readonly FileKind Rvt = new("rvt", "application/octet-stream", "rvt", "rfa", "rte", "rft");
    public static readonly FileKind Dwg = new("dwg", "image/vnd.dwg", "dwg", "dwt");
    public static readonly FileKind Dxf = new("dxf", "image/vnd.dxf", "dxf");
    public static readonly FileKind Ifc = new("ifc", "application/x-step", "ifc");
    public static readonly FileKind Skp = new("skp", "application/vnd.sketchup.skp", "skp");
    public static readonly FileKind Zip = new("zip", "application/zip", "zip", "kmz", "ifczip", "bcf", "bcfzip");
    public static readonly FileKind Rar = new("rar", "application/vnd.rar", "rar");
    public static readonly FileKind SevenZip = new("7z", "application/x-7z-compressed", "7z");
    public static readonly FileKind Eml = new("eml", "message/rfc822", "eml");
    public static readonly FileKind Csv = new("csv", "text/csv", "csv", "tsv");
    public static readonly FileKind Text = new("txt", "text/plain", "txt", "log", "md");

    public static IReadOnlyList<FileKind> All { get; } =
    [
        Pdf,
        Png,
        Jpeg,
        Tiff,
        Webp,
        Heic,
        Docx,
        Xlsx,
        Pptx,
        Docm,
        Xlsm,
        Pptm,
        Odt,
        Ods,
        Odp,
        Doc,
        Xls,
        Ppt,
        DocMacros,
        XlsMacros,
        PptMacros,
        Msg,
        Rvt,
        Dwg,
        Dxf,
        Ifc,
        Skp,
        Zip,
        Rar,
        SevenZip,
        Eml,
        Csv,
        Text,
    ];

    private static readonly Dictionary<string, FileKind> ByKey = All.ToDictionary(k => k.Key, StringComparer.Ordinal);
    private static readonly HashSet<string> Endings = new(All.SelectMany(k => k.Endings), StringComparer.Ordinal);

    /// <summary>What Windows, browsers or shells would run.</summary>
    private static readonly HashSet<string> RunningEndings = new(
        (
            "ade adp apk app appref-ms appx asp aspx bas bat cgi chm cmd com command cpl crx csh deb "
            + "desktop dll dmg exe fxp gadget hlp hta htm html inf ins iqy isp jar js jse jsp ksh lnk "
            + "mad mam maq mde mdt mht mhtml mjs msc msh msh1 msh2 msi msix msp mst ocx ops osd pcd php "
            + "pif pkg pl plg prf ps1 ps1xml ps2 psc1 psd1 psm1 py pyc pyw rb reg rpm run scf scr sct "
            + "settingcontent-ms sh shb shs slk svg svgz swf url vb vbe vbp vbs vhd vhdx vsmacros vsw "
            + "vxd wasm webpnp website ws wsc wsf wsh xbap xhtml xll xnk xsl"
        ).Split(' '),
        StringComparer.Ordinal
    );

    /// <summary>A kind by its key; what is unknown is sent as bytes.</summary>
    public static FileKind Of(string key) => ByKey.GetValueOrDefault(key) ?? new(key, "application/octet-stream", key);

    /// <summary>True for the ending of a kind, and for that of a program.</summary>
    /// <param name="ending">In small letters, without the dot.</param>
    public static bool IsEnding(string ending) => Endings.Contains(ending) || IsRunning(ending);

    /// <summary>True where a double click would run it.</summary>
    public static bool IsRunning(string ending) => RunningEndings.Contains(ending);
}
