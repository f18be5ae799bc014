using Xunit.Sdk;

namespace MdcTts.Support;

/// <summary>For rules over many things: says all that break it, not the first five.</summary>
public static class Check
{
    public static void None(IEnumerable<string> wrong, string? rule = null)
    {
        var all = wrong.Distinct().ToList();
        if (all.Count > 0)
            throw new XunitException($"{rule ?? "These should not be"} ({all.Count}):\n  {string.Join("\n  ", all)}");
    }
}
