namespace MdcTts.Infrastructure.Database;

/// <summary>
/// Completes a new row just before it is written, by <c>SaveChanges</c> and <c>InsertMany</c> alike: what every row of
/// a table needs, and what only this process can add.
/// </summary>
public delegate void BeforeInsert(object row);
