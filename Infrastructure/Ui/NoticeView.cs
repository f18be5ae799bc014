namespace MdcTts.Infrastructure.Ui;

/// <summary>A message in the page. Kind: <c>ok</c>, <c>warn</c>, <c>error</c>.</summary>
public sealed record NoticeView(string Text, string Kind);
