using MdcTts.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MdcTts.Infrastructure.Web;

[Trait("runs", "once")]
public sealed class UnexpectedErrorsTests(SharedApp app) : IClassFixture<SharedApp>
{
    private const int Busy = 5;

    [Fact]
    public async Task A_database_in_which_somebody_else_writes_for_long_is_asked_again()
    {
        using var scope = app.Services.CreateScope();
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        http.Request.Path = "/api/v1/clients";
        http.Response.Body = new MemoryStream();
        var failure = new DbUpdateException("", new SqliteException("database is locked", Busy));

        await new UnexpectedErrors(NullLogger<UnexpectedErrors>.Instance).TryHandleAsync(
            http,
            failure,
            CancellationToken.None
        );

        Assert.Equal((503, "2"), (http.Response.StatusCode, http.Response.Headers.RetryAfter.ToString()));
    }
}
