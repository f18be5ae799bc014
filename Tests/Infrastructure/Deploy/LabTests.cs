using Xunit;
using Xunit.Abstractions;

namespace MdcTts.Infrastructure.Deploy;

/// <summary>One lab for all proofs; with as little beside it as can be, for they count failed requests.</summary>
public sealed class Lab : IAsyncLifetime
{
    private readonly string _dir = Path.Combine(Path.GetTempPath(), $"mdc-lab-{Environment.ProcessId}");

    public Task InitializeAsync() => Run("lab up --demo --set Drain__Seconds=4");

    public Task DisposeAsync() => Run("lab down");

    public Task<string> Run(string line) =>
        Shell.Run("Infrastructure/Deploy/lab", "./" + line, TimeSpan.FromMinutes(10), ("LAB_DIR", _dir));
}

[CollectionDefinition("lab", DisableParallelization = true)]
public sealed class LabCollection : ICollectionFixture<Lab>;

/// <summary>The whole system, nginx to PostgreSQL, in the short forms of its proofs.</summary>
[Collection("lab")]
[Trait("runs", "lab")]
public sealed class LabTests(Lab lab, ITestOutputHelper seen)
{
    [Theory]
    [InlineData("replicas")]
    [InlineData("edge")]
    [InlineData("inside")]
    [InlineData("strangers")]
    [InlineData("rolling")]
    [InlineData("kill")]
    [InlineData("deploy")]
    public async Task It_holds(string proof) => seen.WriteLine(await lab.Run("prove " + proof));
}
