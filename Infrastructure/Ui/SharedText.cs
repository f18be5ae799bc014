namespace MdcTts.Infrastructure.Ui;

/// <summary>
/// Marker for the words that pages of every feature share (<c>SharedText.restext</c>, <c>SharedText.ar.restext</c>).
/// </summary>
public sealed class SharedText;
