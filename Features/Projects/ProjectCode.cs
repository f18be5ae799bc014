using System.Globalization;

namespace MdcTts.Features.Projects;

/// <summary><c>PRJ-2026-003</c>: three digits at least, never cut.</summary>
public static class ProjectCode
{
    public const string Series = "PRJ";

    public static string Of(int year, long number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Series}-{year}-{number:000}");
}
