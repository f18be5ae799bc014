using System.Text;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Outbox.Writing;

/// <summary>A mail as plain text. U+2068 and U+2069 isolate data, as <c>bdi</c> does in HTML.</summary>
internal static class PlainMail
{
    public static string Of(MailView view)
    {
        var words = Words.T;
        var content = view.Content;
        var text = new StringBuilder();
        Line(view.Name is { } name ? words["mail.hello", PlainText.Isolate(name)] : words["mail.hello_nobody"]);
        Line();
        foreach (var line in content.Lines)
            Line(words[line.Key, [.. line.Args.Select(a => PlainText.Isolate(a.ToString()))]]);
        if (content.Quote is { } quote)
            foreach (var line in quote.Split('\n'))
                Line("> " + line.TrimEnd('\r'));
        if (content.Facts.Count > 0)
            Line();
        foreach (var fact in content.Facts)
        {
            var second = fact.Second is null ? "" : $" {fact.Between} {PlainText.Isolate(fact.Second)}";
            Line($"{words[fact.Label]}: {PlainText.Isolate(fact.Value)}{second}");
        }

        if (content.Button is { } button)
        {
            Line();
            Line(words[button.Key] + ":");
            Line(button.Url);
        }

        if (content.Note is { } note)
        {
            Line();
            Line(words[note]);
        }

        Line();
        Line("-- ");
        Line(view.Firm);
        Line(words[view.StopUrl is null ? "mail.foot.account" : "mail.foot.transactions"]);
        if (view.StopUrl is { } stop)
            Line($"{words["mail.foot.stop"]}: {stop}");
        return text.ToString();

        void Line(string line = "") => text.Append(line).Append('\n');
    }
}
