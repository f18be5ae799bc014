namespace MdcTts.Features.Transactions.Imports;

/// <summary>The colour of a status.</summary>
public static class ImportTags
{
    public static string Of(ImportStatus status) =>
        status switch
        {
            ImportStatus.Failed => "tag red",
            ImportStatus.Checked or ImportStatus.Waiting => "tag amber",
            ImportStatus.Undone => "tag grey",
            _ => "tag",
        };
}
