using System.Data.Common;
using MdcTts.Features.Audit;
using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Infrastructure.Deploy;

/// <summary>
/// The script for operators, run as it is. The app then works as the role that may not rewrite its own log.
/// </summary>
public sealed class PostgresRolesTests
{
    [PostgresFact]
    public async Task The_apps_role_adds_to_the_audit_log_and_cannot_rewrite_it()
    {
        await using var database = await TestDatabase.Make();
        await using var app = await RuntimeRole.App(database);
        (
            await app.Api(Nasser)
                .Post(
                    "/projects",
                    new
                    {
                        nameEn = "By the runtime role",
                        clientId = Municipality.Id.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    }
                )
        ).Expect(201);
        await app.Sealed(2, Omar.Id);
        Assert.True((await app.Verify()).IsWhole);

        // The same role backs up everything and tries a restore.
        var backups = app.Services.GetRequiredService<Features.Backups.Backups>();
        Assert.Equal("postgresql", (await backups.Make(null, null, CancellationToken.None)).Engine);
        Assert.Null((await backups.Drill(null, CancellationToken.None)).Fault);

        foreach (
            var statement in new[]
            {
                "UPDATE \"Audit\" SET \"Data\" = NULL",
                "DELETE FROM \"Audit\"",
                "TRUNCATE \"Audit\"",
                "UPDATE \"AuditSeals\" SET \"EntryId\" = 0",
                "DELETE FROM \"AuditSeals\"",
                "TRUNCATE \"AuditSeals\"",
                "UPDATE \"AuditPending\" SET \"EntryId\" = 0",
                "UPDATE \"Audit\" SET \"Signature\" = NULL",
                "DELETE FROM \"AuditErasures\"",
                "ALTER TABLE \"Audit\" DISABLE TRIGGER ALL",
                "DROP TABLE \"Audit\"",
                "CREATE TABLE mine (id int)",
                "CREATE DATABASE mine",
                "DELETE FROM \"__EFMigrationsHistory\"",
            }
        )
        {
            var refused = await Assert.ThrowsAnyAsync<DbException>(() => app.Run(statement));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, ((PostgresException)refused).SqlState);
        }

        // Who may make databases sees nothing in this one.
        await using (
            var drill = new NpgsqlConnection(
                DatabaseUrl.ToConnectionString(RuntimeRole.Url(database.Url!, "mdc_drill")) + ";Pooling=false"
            )
        )
        {
            await drill.OpenAsync();
            foreach (var statement in new[] { "SELECT 1 FROM \"Users\"", "CREATE TABLE mine (id int)" })
            {
                await using var command = drill.CreateCommand();
                command.CommandText = statement;
                Assert.Equal(
                    PostgresErrorCodes.InsufficientPrivilege,
                    (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState
                );
            }
        }

        // Emptying without an erasure is the trigger's to refuse; with one it works.
        await Assert.ThrowsAnyAsync<DbException>(() =>
            app.Run("UPDATE \"Audit\" SET \"Personal\" = NULL, \"Salt\" = NULL")
        );
        await app.Db(async db =>
        {
            var key = Omar.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);
            db.Audit.Add(AuditLog.Entry("account.erased", "user", key, Nasser.Id, app.Now));
            db.AuditErasures.Add(
                new()
                {
                    UserId = Omar.Id,
                    At = app.Now,
                    ById = Nasser.Id,
                }
            );
            await db.SaveChangesAsync();
            return await db
                .Audit.Where(e => e.ActorId == Omar.Id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(e => e.Personal, (string?)null).SetProperty(e => e.Salt, (byte[]?)null)
                );
        });
        Assert.True((await app.Verify()).IsWhole);
    }
}
