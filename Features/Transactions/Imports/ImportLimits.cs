using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Transactions.Imports;

/// <summary>The limits of which texts speak, from where they are kept.</summary>
internal static class ImportLimits
{
    public static string Size => Words.T["import.megabytes", Words.Number(RegisterFile.MaxBytes >> 20)];

    private static readonly Dictionary<string, int> Said = new(StringComparer.Ordinal)
    {
        [Failed(RegisterFault.TooManyRows)] = RegisterFile.MaxRows,
        [Failed(RegisterFault.TooManyColumns)] = RegisterFile.MaxColumns,
        [PurgeImports.Expired] = PurgeImports.KeptFor.Days,
        [Wrong(FaultKind.TitleTooLong)] = FieldRules.Title.MaxLength,
        [Wrong(FaultKind.ReferenceTooLong)] = FieldRules.Reference.MaxLength,
        [Wrong(FaultKind.ClientTooLong)] = FieldRules.ClientName.MaxLength,
        [Wrong(FaultKind.DescriptionTooLong)] = FieldRules.Description.MaxLength,
        [Wrong(FaultKind.InternalNotesTooLong)] = FieldRules.InternalNotes.MaxLength,
        [Wrong(FaultKind.TooManyTags)] = Transaction.TagsMax,
        [Wrong(FaultKind.TagTooLong)] = Transaction.TagMaxLength,
        [Wrong(FaultKind.HolderTooLong)] = Transaction.HolderNameMaxLength,
    };

    /// <summary>A text about a fault or a failure, with the limit that it speaks of.</summary>
    public static string Text(Words words, string key) =>
        Said.TryGetValue(key, out var limit) ? words[key, Words.Number(limit)] : words[key];

    public static string Failed(RegisterFault fault) => "import.failed." + Keys.Of(fault);

    private static string Wrong(FaultKind kind) => "import.fault." + Keys.Of(kind);
}
