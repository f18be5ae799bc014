using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Catalogue;

/// <summary>The lists of data that an admin keeps.</summary>
public enum ListKind
{
    Type,
    Category,
    Department,
}

/// <summary>An entry of a list: a stable key and a name in each language.</summary>
public sealed class ListItem
{
    public const int KeyMaxLength = 40;

    public int Id { get; set; }
    public ListKind Kind { get; set; }
    public string Key { get; set; } = "";
    public string NameEn { get; set; } = "";
    public string NameAr { get; set; } = "";
    public int Position { get; set; }
    public bool IsActive { get; set; } = true;

    /// <summary>The name in the reader's language.</summary>
    public string Name => Words.T.Pick(NameEn, NameAr);
}

/// <summary>A day on which the firm does not work.</summary>
public sealed class Holiday
{
    public DateOnly Date { get; set; }
    public string NameEn { get; set; } = "";
    public string NameAr { get; set; } = "";
}
