using Xunit;

namespace MdcTts.Support;

/// <summary>A test that opens a file with Python's openpyxl. Without that it counts as skipped.</summary>
public sealed class OpenpyxlFactAttribute : FactAttribute
{
    public OpenpyxlFactAttribute()
    {
        if (Python.WithOpenpyxl is null)
            Skip = "Needs python3 with openpyxl.";
    }
}
