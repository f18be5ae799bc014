using System.Runtime.CompilerServices;

namespace MdcTts.Support;

/// <summary>The source tree that these tests were compiled from.</summary>
public static class Repository
{
    private static readonly string[] ScriptExtensions =
    [
        "",
        ".cfg",
        ".conf",
        ".csproj",
        ".mjs",
        ".nft",
        ".props",
        ".service",
        ".sh",
        ".sql",
        ".targets",
        ".template",
        ".toml",
        ".yaml",
        ".yml",
    ];

    /// <summary>Its top folder.</summary>
    public static string Root { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(Here(), "../.."));

    /// <summary>The full path of a file in it.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    /// <summary>Source files under Features and Infrastructure, with their paths relative to the root.</summary>
    public static IReadOnlyList<(string Path, string Text)> Sources(params string[] extensions) =>
        In(["Features", "Infrastructure"], extensions);

    /// <summary>The source files of the tests and of the programs beside them, in the same way.</summary>
    public static IReadOnlyList<(string Path, string Text)> Tests() => In(["Tests"], [".cs"]);

    /// <summary>
    /// Scripts, builds, and the settings of the programs that run beside the app: known by their extensions, or where a
    /// name has none by their first line.
    /// </summary>
    public static IReadOnlyList<(string Path, string Text)> Scripts() =>
        [
            .. from file in Directory
                .EnumerateFiles(Root)
                .Concat(
                    from folder in (string[])[".ci", ".config", ".github", "Infrastructure", "Tests"]
                    from file in Directory.EnumerateFiles(Path(folder), "*", SearchOption.AllDirectories)
                    select file
                )
            where ScriptExtensions.Contains(System.IO.Path.GetExtension(file)) && IsOurs(file)
            let text = File.ReadAllText(file)
            where System.IO.Path.HasExtension(file) || text.StartsWith('#')
            orderby file
            select (System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'), text),
        ];

    private static bool IsOurs(string file) =>
        !file.Contains("node_modules") && !file.Contains("/obj/") && !file.Contains("/bin/");

    private static IReadOnlyList<(string Path, string Text)> In(string[] folders, string[] extensions) =>
        [
            .. from folder in folders
            from file in Directory.EnumerateFiles(Path(folder), "*", SearchOption.AllDirectories)
            where
                extensions.Contains(System.IO.Path.GetExtension(file)) && IsOurs(file) && !file.Contains("/Migrations/")
            orderby file
            select (System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file)),
        ];

    private static string Here([CallerFilePath] string file = "") => System.IO.Path.GetDirectoryName(file)!;
}
