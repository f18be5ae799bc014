using MdcTts.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Xunit;

namespace MdcTts.Infrastructure.Web;

[Trait("runs", "once")]
public sealed class UnexpectedErrorsTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const int Busy = 5;

    [Fact]
    public async Task A_database_in_which_somebody_else_writes_for_long_is_asked_again()
    {
        var failure = new DbUpdateException("", new SqliteException("database is locked", Busy));

        var (response, _) = await Answered(failure);

        Assert.Equal((503, "2"), (response.StatusCode, response.Headers.RetryAfter.ToString()));
    }

    [Fact]
    public async Task Full_storage_is_said_and_not_taken_for_a_fault_of_what_was_sent()
    {
        Exception[] failures =
        [
            new DbUpdateException("", FullSqlite()),
            new DbUpdateException("", new PostgresException("", "ERROR", "ERROR", PostgresErrorCodes.DiskFull)),
            new IOException("No space left on device", 28),
        ];
        foreach (var failure in failures)
        {
            var (response, body) = await Answered(failure);

            Assert.Equal(507, response.StatusCode);
            Assert.Contains("urn:mdc:problem:storage-full", body, StringComparison.Ordinal);
            Assert.Contains("an administrator has to make room", body, StringComparison.Ordinal);
        }
    }

    // As the engine itself refuses a page too many.
    private static SqliteException FullSqlite()
    {
        using var memory = new SqliteConnection("Data Source=:memory:");
        memory.Open();
        Run("CREATE TABLE t (x BLOB)");
        Run("PRAGMA max_page_count = 3");
        return Assert.Throws<SqliteException>(() => Run("INSERT INTO t VALUES (zeroblob(100000))"));

        void Run(string sql)
        {
            using var command = memory.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    private async Task<(HttpResponse Response, string Body)> Answered(Exception failure)
    {
        using var scope = app.Services.CreateScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Request.Path = "/api/v1/clients";
        var body = new MemoryStream();
        http.Response.Body = body;
        await new UnexpectedErrors(NullLogger<UnexpectedErrors>.Instance).TryHandleAsync(
            http,
            failure,
            CancellationToken.None
        );
        return (http.Response, System.Text.Encoding.UTF8.GetString(body.ToArray()));
    }
}
