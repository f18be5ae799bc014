using MdcTts.Features;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace MdcTts.Conventions;

[Trait("runs", "once")]
public sealed class DatabaseTests
{
    private const string Missing =
        "The model has changed: add a migration for each engine, as README.md says under \"Migrate it\".";

    [Fact]
    public void The_migrations_of_sqlite_make_the_model_of_today()
    {
        using var db = new SqliteDesign().CreateDbContext([]);
        Assert.NotEmpty(db.Database.GetMigrations());

        Assert.False(db.Database.HasPendingModelChanges(), Missing);
    }

    [Fact]
    public void The_migrations_of_postgresql_make_the_model_of_today()
    {
        using var db = new PostgresDesign().CreateDbContext([]);
        Assert.NotEmpty(db.Database.GetMigrations());

        Assert.False(db.Database.HasPendingModelChanges(), Missing);
    }

    [Fact]
    public void Both_engines_hold_the_same_tables_and_columns()
    {
        using var sqlite = new SqliteDesign().CreateDbContext([]);
        using var postgres = new PostgresDesign().CreateDbContext([]);
        static List<string> Columns(DbContext db) =>
            [
                .. from e in db.Model.GetEntityTypes()
                from p in e.GetProperties()
                select $"{e.GetTableName()}.{p.GetColumnName()} {p.GetMaxLength()} {p.IsNullable}",
            ];
        Assert.True(Columns(sqlite).Count > 50);

        Assert.Equal(Columns(sqlite).Order(), Columns(postgres).Order());
    }

    [Fact]
    public void No_column_is_of_a_type_that_an_engine_cannot_order()
    {
        using var db = new SqliteDesign().CreateDbContext([]);
        var properties = db
            .Model.GetEntityTypes()
            .SelectMany(e => e.GetProperties())
            .Where(p => p.DeclaringType.ClrType.Namespace!.StartsWith("MdcTts.", StringComparison.Ordinal))
            .ToList();
        Assert.True(properties.Count > 50);

        // Identity's own lockout column is the one that we do not name ourselves.
        Assert.Equal(
            ["LockoutEnd"],
            properties
                .Where(p =>
                    (Nullable.GetUnderlyingType(p.ClrType) ?? p.ClrType) is var t
                    && (
                        t == typeof(decimal)
                        || t == typeof(DateTimeOffset)
                        || t == typeof(double)
                        || t == typeof(float)
                        || t == typeof(TimeSpan)
                    )
                )
                .Select(p => p.Name)
        );
    }
}
