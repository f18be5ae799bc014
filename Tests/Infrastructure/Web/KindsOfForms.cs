using System.Globalization;
using MdcTts.Infrastructure.Security;
using MdcTts.Support;
using Xunit;

namespace MdcTts.Infrastructure.Web;

/// <summary>One form of each kind, for what must hold for all of them.</summary>
internal static class KindsOfForms
{
    /// <summary>Where it is posted, and what is in it; <c>{0}</c> is a transaction's number.</summary>
    public static TheoryData<string, string> All =>
        new()
        {
            { "/transactions", "title=Typed words|client=1|type=payment|dueDate=2026-12-01|tags=a, b" },
            { "/transactions/{0}/edit", "version=1|original={}|title=Typed words|internalNotes=More words" },
            { "/transactions/{0}/comments", "text=Typed words" },
            { "/transactions/{0}/status", "version=1|to=under_review|note=Typed words|noteVisibility=public" },
            { "/transactions/{0}/assignee", "version=1|assignee=3|reason=Typed words" },
            { "/transactions/{0}/holder", "version=1|holder=authority|holderName=Typed words" },
            { "/transactions/{0}/due", "version=1|dueDate=1 Dec 2026" },
            { "/transactions/{0}/delete", "reason=Typed words" },
            { "/transactions/bulk", "go=1|action=assign|numbers={0}|assignee=3|reason=Typed words" },
            { "/transactions/imports/1/columns", "sheet=0|row=1|c0=title|words=Typed words" },
            { "/transactions/imports/1/corrections", "client:0=Typed words|cell:4:title=More words" },
            { "/clients", "nameEn=Typed words|address=Typed road" },
            { "/clients/1/edit", "version=1|original={}|nameEn=Typed words" },
            { "/projects", "nameEn=Typed words|clientId=1" },
            { "/projects/PRJ-2026-001/edit", "version=1|original={}|nameEn=Typed words" },
            { "/users", "fullName=Typed words|email=typed@mdc.example|role=editor" },
            { "/users/2", "version=1|original={}|fullName=Typed words|role=editor|status=active" },
            { "/settings", "version=1|original={}|companyNameEn=Typed words|confirmMinutes=5" },
            { "/account", "fullName=Typed words|language=en" },
            { "/account/password", "current=old secret|password=new secret|repeat=new secret" },
            { "/account/tokens", "name=Typed words|days=30|scope=read" },
        };

    public static (string Url, List<(string Name, string? Value)> Form) Of(string url, string fields, string number) =>
        (
            string.Format(CultureInfo.InvariantCulture, url, number),
            [
                .. fields
                    .Split('|')
                    .Select(f => f.Split('='))
                    .Select(f => (f[0], (string?)f[1].Replace("{0}", number, StringComparison.Ordinal))),
            ]
        );

    /// <summary>All of it stands in the form to send again, but passwords, which are asked for.</summary>
    public static void AssertKept(Answer answer, string url, List<(string Name, string? Value)> form)
    {
        Assert.Equal(url, answer.Attribute("#stale", "action"));
        foreach (var (name, value) in form.Where(f => f.Name != AntiforgeryTokens.Field))
            if (name is "current" or "password" or "repeat")
            {
                Assert.True(answer.Has($"#stale [type=password][name='{name}'][required]"));
                Assert.DoesNotContain(value!, answer.Text);
            }
            else
            {
                Assert.Equal(value, answer.Attribute($"#stale [type=hidden][name='{name}']", "value"));
                if (value!.StartsWith("Typed", StringComparison.Ordinal))
                    Assert.Contains(
                        value,
                        answer.Document.QuerySelectorAll("textarea[readonly]").Select(t => t.TextContent)
                    );
            }
    }
}
