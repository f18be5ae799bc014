using System.Reflection;
using System.Runtime.CompilerServices;
using MdcTts.Features.Accounts.Google;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Results;
using MdcTts.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MdcTts.Conventions;

/// <summary>
/// A use case holds its tools: dependencies in its constructor, inputs in <c>Handle</c>, HTTP in its faces.
/// </summary>
[Trait("runs", "once")]
public sealed class UseCaseTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const int ParametersMax = 7;

    private const BindingFlags Declared =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Static
        | BindingFlags.Instance
        | BindingFlags.DeclaredOnly;

    private static readonly IReadOnlyList<Type> Types =
    [
        .. typeof(Problem)
            .Assembly.GetTypes()
            .Where(t => t.Namespace?.StartsWith("MdcTts.", StringComparison.Ordinal) == true)
            .Where(t => !t.IsDefined(typeof(CompilerGeneratedAttribute)) && !t.IsSubclassOf(typeof(Delegate))),
    ];

    private static readonly IReadOnlyList<MethodInfo> Methods =
    [
        .. Types
            .SelectMany(t => t.GetMethods(Declared))
            .Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute)) && !m.Name.Contains('<')),
    ];

    [Fact]
    public void No_method_drags_a_bundle_of_parameters_along()
    {
        Assert.True(Methods.Count > 1_000);

        // Of a record the compiler makes these; the log's are made from its messages.
        string[] made = ["Deconstruct", "PrintMembers"];
        // An entry of the audit log has as many facts; whoever writes one names them.
        Type[] exempt = [typeof(AuditLog)];
        Check.None(
            Methods
                .Where(m => m.GetParameters().Length > ParametersMax && !made.Contains(m.Name))
                .Where(m => !exempt.Contains(m.DeclaringType))
                .Select(m => $"{m.DeclaringType}.{m.Name} has {m.GetParameters().Length} parameters")
        );
    }

    [Fact]
    public void What_a_use_case_does_knows_no_HTTP()
    {
        var handles = Methods.Where(m => m.Name == "Handle").ToList();
        Assert.True(handles.Count > 60);

        Type[] http = [typeof(HttpContext), typeof(HttpRequest), typeof(HttpResponse), typeof(IFormCollection)];
        Check.None(
            handles
                .Where(m => m.GetParameters().Any(p => http.Contains(p.ParameterType)))
                .Select(m => $"{m.DeclaringType}.Handle takes the request: give it what it needs of it")
        );
    }

    [Fact]
    public void Every_use_case_is_registered_by_its_feature()
    {
        var useCases = Types
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.GetMethod("Map", Declared) is { IsStatic: true })
            .ToList();
        Assert.True(useCases.Count > 20);

        var services = app.Services.GetRequiredService<IServiceProviderIsService>();
        Check.None(
            useCases
                // Only where Google is configured.
                .Where(t => !services.IsService(t) && t != typeof(SignInWithGoogle))
                .Select(t => $"{t}: add services.AddScoped<{t.Name}>() where its feature is registered")
        );
    }
}
