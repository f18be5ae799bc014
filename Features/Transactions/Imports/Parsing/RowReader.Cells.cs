using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions.Imports.Parsing;

// The cells of a row, and what is wrong with them.
public sealed partial class RowReader
{
    private const int QuotedLength = 100;

    private static FaultKind FaultOf(RegisterField field, Flaw flaw) =>
        (field, flaw) switch
        {
            (_, Flaw.ForbiddenCharacters) => FaultKind.ForbiddenCharacters,
            (RegisterField.Title, Flaw.Missing) => FaultKind.TitleMissing,
            (RegisterField.Title, _) => FaultKind.TitleTooLong,
            (RegisterField.Client, Flaw.Missing) => FaultKind.ClientMissing,
            (RegisterField.Client, _) => FaultKind.ClientTooLong,
            (RegisterField.Reference, _) => FaultKind.ReferenceTooLong,
            (RegisterField.Description, _) => FaultKind.DescriptionTooLong,
            (RegisterField.InternalNotes, _) => FaultKind.InternalNotesTooLong,
            (RegisterField.Tags, Flaw.TooMany) => FaultKind.TooManyTags,
            (RegisterField.Tags, _) => FaultKind.TagTooLong,
            (RegisterField.Amount, Flaw.Negative) => FaultKind.AmountNegative,
            (RegisterField.Amount, Flaw.TooLarge) => FaultKind.AmountTooLarge,
            (RegisterField.Amount, _) => FaultKind.AmountNotANumber,
            (RegisterField.Currency, Flaw.CurrenciesDiffer) => FaultKind.CurrenciesDiffer,
            (RegisterField.Currency, _) => FaultKind.UnknownCurrency,
            _ => FaultKind.DateImpossible,
        };

    /// <summary>The cells of one row by field, and the faults found in them.</summary>
    private sealed class Cells(RegisterRow row, Dictionary<RegisterField, RegisterColumn> columns)
    {
        public List<CellFault> Faults { get; } = [];

        /// <summary>The cell; empty when it is rejected for what it is, whatever it says.</summary>
        public RegisterCell Raw(RegisterField field)
        {
            var cell = Whole(field);
            if (cell.Sources.HasFlag(CellSources.Placeholder))
                return RegisterCell.Empty;
            // So large a number is no amount anyway, and the amount's own fault says it better.
            var isSound =
                cell.Trouble == CellTrouble.None
                || (cell.Trouble == CellTrouble.DigitsLost && field == RegisterField.Amount);
            var isLost = isSound && LosesCharacters(field, cell);
            if (isSound && !isLost)
                return cell;
            Reject(
                field,
                isLost
                    ? FaultKind.CharactersLost
                    : cell.Trouble switch
                    {
                        CellTrouble.Error => FaultKind.ErrorCell,
                        CellTrouble.NoResult => FaultKind.FormulaWithoutResult,
                        _ => FaultKind.DigitsLost,
                    }
            );
            return RegisterCell.Empty;
        }

        public bool MonthFirst(RegisterField field) => columns.GetValueOrDefault(field) is { MonthFirst: true };

        /// <summary>A fault of no column of the register.</summary>
        public void RejectRow(string value, FaultKind kind) =>
            Faults.Add(new CellFault(default, string.Empty, PlainText.Shortened(value.Trim(), QuotedLength), kind));

        private RegisterCell Whole(RegisterField field) =>
            columns.TryGetValue(field, out var column) ? row.Cell(column.Index) : RegisterCell.Empty;

        // In what people read, the sign for a lost character shows that one is missing; a number or a name is spoilt.
        private static bool LosesCharacters(RegisterField field, RegisterCell cell) =>
            field is RegisterField.Reference or RegisterField.Client && cell.Text.Contains('\uFFFD');

        /// <summary>The text of a cell; null when it is blank, or rejected for what no field may hold.</summary>
        public string? Text(RegisterField field)
        {
            var cell = Raw(field);
            if (!PlainText.HasForbidden(cell.Text))
                return PlainText.Trimmed(cell.Text);

            Reject(field, FaultKind.ForbiddenCharacters);
            return null;
        }

        public void Reject(RegisterField field, Flaw? flaw)
        {
            if (flaw is { } found)
                Reject(field, FaultOf(field, found));
        }

        public void Reject(RegisterField field, FaultKind kind)
        {
            if (Faults.Exists(fault => fault.Field == field))
                return;

            var value = PlainText.Shortened(Whole(field).Text.Trim(), QuotedLength);
            Faults.Add(
                new CellFault(
                    field,
                    columns.TryGetValue(field, out var column) ? column.Heading : string.Empty,
                    value,
                    kind
                )
            );
        }
    }
}
