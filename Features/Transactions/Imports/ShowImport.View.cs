using System.Globalization;
using MdcTts.Features.Catalogue;
using MdcTts.Features.Transactions.Imports.Parsing;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Security;

namespace MdcTts.Features.Transactions.Imports;

// What the page shows of an import.
public sealed partial class ShowImport
{
    /// <summary>A rejected row with its faults.</summary>
    public sealed record Reject(int Row, IReadOnlyList<string> Cells, IReadOnlyList<ImportFault> Faults);

    /// <summary>A row whose transaction is here already, and what an update changes.</summary>
    public sealed record Match(
        int Row,
        string Number,
        string? Reference,
        string Title,
        MatchedBy By,
        IReadOnlyList<FieldChange> Changes
    );

    /// <summary>An earlier import of the very same file.</summary>
    public sealed record Twin(int Id, DateTime At);

    /// <summary>A client that the import made.</summary>
    public sealed record MadeClient(string Id, string Name);

    /// <summary>The import that this one continues, or one that continues it.</summary>
    public sealed record Part(int Id, string FileName, int Imported);

    /// <summary>A transaction that an undo left, and why.</summary>
    public sealed record Left(string? Reference, string Number, string Title, Keeping Why);

    /// <summary>Why an undo left a transaction as it is.</summary>
    public enum Keeping
    {
        /// <summary>It came with the import and was edited since.</summary>
        New,

        /// <summary>The import changed it, and somebody after it.</summary>
        Edited,

        /// <summary>A later import changed it as well, and takes back both.</summary>
        Later,
    }

    /// <param name="Run">The row.</param>
    /// <param name="By">Who started it.</param>
    /// <param name="Rejects">Rejected rows, a page of them.</param>
    /// <param name="Kept">What an undo left.</param>
    /// <param name="User">Who looks.</param>
    /// <param name="Now">For times.</param>
    public sealed record View(
        ImportRun Run,
        string By,
        IReadOnlyList<Reject> Rejects,
        IReadOnlyList<Left> Kept,
        CurrentUser User,
        DateTime Now
    )
    {
        public ImportPreview Preview { get; } = Run.ReadPreview();

        /// <summary>The page of <see cref="Rejects"/>, from 1.</summary>
        public int Page { get; init; } = 1;

        /// <summary>The first rows whose transactions are here already.</summary>
        public IReadOnlyList<Match> Matches { get; init; } = [];

        /// <summary>The same file has been imported before.</summary>
        public Twin? Twin { get; init; }

        /// <summary>The import whose rejected rows this file brings again.</summary>
        public Part? Continues { get; init; }

        /// <summary>Those that brought the rejected rows of this one again.</summary>
        public IReadOnlyList<Part> ContinuedBy { get; init; } = [];

        /// <summary>After an undo, for an admin: clients that the batch made and nobody uses.</summary>
        public IReadOnlyList<MadeClient> UnusedClients { get; init; } = [];

        public required CatalogueEntries Catalogue { get; init; }

        /// <summary>What unknown names may mean.</summary>
        public Choices Choices { get; init; } = Choices.None;

        /// <summary>Errors of a form on the page.</summary>
        public FieldErrors? Errors { get; init; }

        /// <summary>What was typed into the form that has errors.</summary>
        public IReadOnlyDictionary<string, string> Typed { get; init; } =
            new Dictionary<string, string>(StringComparer.Ordinal);

        /// <summary>Without a title, a client and a type, the columns must be set right before the cells.</summary>
        public bool HasAllColumns { get; } =
            Run.ReadPreview() is var preview
            && new[] { RegisterField.Title, RegisterField.Client, RegisterField.Type }.All(field =>
                preview.Columns.Any(column => column.Field == field)
            );

        public int Good => Run.Rows - Run.Rejected;

        /// <summary>How many cells were corrected here.</summary>
        public int Corrected { get; } = CorrectedIn(Run);

        /// <summary>How long the rows still take at the pace so far; null as long as nobody can tell.</summary>
        public TimeSpan? TimeLeft => TimeLeftOf(Run, Now);

        /// <summary>A row as people call it: its number, with its sheet where there are several.</summary>
        public string RowName(int row)
        {
            var number = RegisterRow.NumberIn(row).ToString(CultureInfo.InvariantCulture);
            return Preview.SheetOf(row) is { } sheet ? $"{sheet} · {number}" : number;
        }

        /// <summary>The text of a cell, cut where it would widen the page.</summary>
        public static string RowText(IReadOnlyList<string> cells, int index, int most) =>
            index >= cells.Count ? ""
            : cells[index].Length <= most ? cells[index]
            : cells[index][..(most - 1)] + "…";
    }
}
