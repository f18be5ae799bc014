using System.Text.RegularExpressions;
using MdcTts.Infrastructure.ReadOnly;
using MdcTts.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Conventions;

/// <summary>What a form says of itself to forms.js, which sends and keeps all others.</summary>
[Trait("runs", "once")]
public sealed partial class FormsTests(SharedApp app) : IClassFixture<SharedApp>
{
    /// <summary>Forms that are neither kept nor sent by script. Whoever adds one has thought about it.</summary>
    private static readonly string[] Plain =
    [
        // Whoever signs in is nobody yet, and a script must not come between a password and its manager.
        "Features/Accounts/Google/GoogleLinkPage.cshtml",
        "Features/Accounts/SignIn/SignInCodePage.cshtml",
        "Features/Accounts/SignIn/SignInPage.cshtml",
        // Signing out, language and theme: nothing is typed.
        "Features/Accounts/Confirming/ConfirmPage.cshtml",
        "Infrastructure/Web/LanguageSwitch.cshtml",
        "Infrastructure/Web/TopBar.cshtml",
        // Rows are chosen, and the page to type in comes next; or a file.
        "Features/Transactions/Listing/TransactionTable.cshtml",
        // An undo: nothing is typed.
        "Features/Transactions/Bulk/BulkPage.cshtml",
        "Infrastructure/Web/PageEnd.cshtml",
        // What forms.js does, for those without script.
        "Infrastructure/Web/KeptFormPage.cshtml",
    ];

    private static readonly IReadOnlyList<(string Path, string Text)> Pages = Repository.Sources(".cshtml");

    [Fact]
    public void Only_these_are_sent_without_being_kept() =>
        Assert.Equal(
            Plain.Order(StringComparer.Ordinal),
            Pages
                .Where(p => p.Text.Contains("data-plain", StringComparison.Ordinal))
                .Select(p => p.Path)
                .Order(StringComparer.Ordinal)
        );

    [Fact]
    public void Passwords_and_codes_are_of_a_kind_that_is_never_kept()
    {
        var fields = Pages
            .SelectMany(p => Control().Matches(p.Text).Select(m => (p.Path, m.Value)))
            .Where(f => Secret().IsMatch(f.Value))
            .ToList();
        Assert.True(fields.Count > 8);

        Check.None(fields.Where(f => !Unkept().IsMatch(f.Value)).Select(f => $"{f.Path}: {f.Value}"));
    }

    [Fact]
    public async Task What_may_be_sent_while_the_system_is_read_only_says_so()
    {
        var transaction = await app.Given.Transaction("On every page", status: "submitted");
        var posts = app
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("POST") == true)
            .ToList();
        var wrong = new HashSet<string>();
        var seen = new HashSet<string>();
        foreach (
            var (visitor, url) in new[]
            {
                (app.Anonymous, "/signin"),
                (app.Anonymous, "/register"),
                (app.Anonymous, "/forgot"),
                (app.SignedInAs(Nasser), "/settings"),
                (app.SignedInAs(Nasser), "/account/sessions"),
                (app.SignedInAs(Nasser), "/account/tokens"),
                (app.SignedInAs(Nasser), "/account/security"),
                (app.SignedInAs(Nasser), "/users/new"),
                (app.SignedInAs(Nasser), "/users/7"),
                (app.SignedInAs(Nasser), "/transactions"),
                (app.SignedInAs(Nasser), $"/transactions/{transaction.Number}"),
                (app.SignedInAs(Nasser), "/jobs"),
                (app.SignedInAs(Nasser), "/backups"),
            }
        )
        {
            var page = (await visitor.Page(url)).Expect(200);
            foreach (var form in page.Document.QuerySelectorAll("form[method=post]"))
            {
                var action = form.GetAttribute("action")!;
                seen.Add(action);
                var endpoint = posts
                    .Where(e => new TemplateMatcher(new(e.RoutePattern), []).TryMatch(action, []))
                    .MinBy(e => e.RoutePattern.InboundPrecedence)!;
                var asked = endpoint.Metadata.GetMetadata<OpenReadOnlyMetadata>() switch
                {
                    null => null,
                    { WritesNothing: true } => "always",
                    _ => "",
                };
                if (form.GetAttribute("data-open") != asked)
                    wrong.Add($"{url}: {action} has data-open {form.GetAttribute("data-open") ?? "none"}");
            }
        }

        Assert.True(seen.Count > 20);
        Check.None(wrong);
    }

    [GeneratedRegex(
        @"<input\b[^>]*>|new Field\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)\s*(?:\{(?:[^{}]|\{[^{}]*\})*\})?",
        RegexOptions.None,
        1000
    )]
    private static partial Regex Control();

    [GeneratedRegex(
        @"name=""[^""]*(password|code|secret|credential)|name=""@Confirm|Field\(""(password|repeat|current|code)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Secret();

    [GeneratedRegex(
        @"type=""(password|hidden)""|Type = ""password""|one-time-code",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Unkept();
}
