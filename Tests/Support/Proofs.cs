namespace MdcTts.Support;

/// <summary>
/// How much a proof does. What holds for many shows with fewer already: <c>Tests/run long</c> asks for all of them.
/// </summary>
internal static class Proofs
{
    /// <summary>Set by <c>Tests/run long</c>.</summary>
    private const string LongVariable = "TEST_PROOFS";

    public static bool AreLong { get; } = Environment.GetEnvironmentVariable(LongVariable) == "long";
}
