namespace MdcTts.Infrastructure.Ui;

/// <summary>A message in the page. Kind: <c>ok</c>, <c>warn</c>, <c>error</c>.</summary>
public sealed record NoticeView(string Text, string Kind)
{
    /// <summary>A way on, opened in a tab of its own: the page stays as it is.</summary>
    public sealed record Way(string Url, string Text);

    public Way? Link { get; init; }
}
