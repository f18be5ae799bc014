using MdcTts.Features.Catalogue;
using MdcTts.Infrastructure.Ui;

namespace MdcTts.Features.Transactions;

/// <summary>What a move is called on a button.</summary>
public static class MoveWords
{
    /// <summary>A verb of its own where there is one, else "to" and the status.</summary>
    public static string Of(WorkflowMove move, WorkflowStatus to) =>
        Words.T.Has($"move.{move.From}.{move.To}") ? Words.T[$"move.{move.From}.{move.To}"]
        : Words.T.Has("move.to." + move.To) ? Words.T["move.to." + move.To]
        : Words.T["move.to", to.Name];
}
