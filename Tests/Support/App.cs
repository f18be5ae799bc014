using System.Net;
using MdcTts.Features;
using MdcTts.Features.Accounts;
using MdcTts.Features.Audit.Sealing;
using MdcTts.Infrastructure.Events;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MdcTts.Support;

/// <summary>
/// The whole app, started by its own Program on a real port, with a database of its own that holds the
/// <see cref="Cast"/> and nothing else.
/// One per test class: <c>public sealed class SomeTests(App app) : IClassFixture&lt;App&gt;</c>.
/// </summary>
/// <remarks>
/// Its clock stands at <see cref="Cast.Start"/> until a test advances it, rate limits are off, no mail is sent, no
/// entry sealed and no job run by itself, password hashes are cheap. For other settings derive from it and override
/// <see cref="Settings"/>.
/// </remarks>
public class App : WebApplicationFactory<Program>, IAsyncLifetime
{
    public const string SecretKey = "a secret of forty bytes, for tests only!";

    internal static readonly IOptions<PasswordHasherOptions> CheapHashing = Options.Create(
        new PasswordHasherOptions { IterationCount = 1 }
    );

    private RequestLog _log = new();
    private TestDatabase _database = null!;
    private IServiceProvider? _services;
    private int _errorsBefore;

    /// <summary>Another instance whose database this one uses too: a replica.</summary>
    internal App? ReplicaOf { get; set; }

    /// <summary>A database that somebody else made and disposes of; null: one of its own.</summary>
    internal TestDatabase? On { get; set; }

    /// <summary>Stands still until it is advanced.</summary>
    public FakeTimeProvider Clock { get; private set; } = new(Cast.Start);

    public override IServiceProvider Services => _services ?? base.Services;

    /// <summary>Now by <see cref="Clock"/>.</summary>
    public DateTime Now => Clock.Instant();

    /// <summary>Today in Riyadh by <see cref="Clock"/>.</summary>
    public DateOnly Today => Clock.Today();

    /// <summary>Where it listens, such as <c>http://127.0.0.1:41234</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Uploads and the like.</summary>
    public string DataDir => _database.DataDir;

    /// <summary>Makes rows without going through pages.</summary>
    public Given Given => new(this);

    /// <summary>What was logged as an error since the start, the newest last. A 500 is always here.</summary>
    public IReadOnlyCollection<string> Errors => [.. _log.Errors.Skip(_errorsBefore)];

    /// <summary>A browser in which nobody is signed in.</summary>
    public Visitor Anonymous => new(this, _log);

    /// <summary>A browser of somebody who has just signed in. Each has its own cookies.</summary>
    public Visitor SignedInAs(Person person) => InSession(Visitor.SessionOf(this, person.Id));

    /// <summary>Another browser in a session that <see cref="Visitor.SessionOf"/> has begun.</summary>
    internal Visitor InSession((string Name, string Value) cookie) => new(this, _log, cookie);

    /// <summary>The API by a token that <see cref="NewToken"/> has made.</summary>
    public ApiClient ApiWith(string token) => new(this, _log, token);

    /// <summary>The API by a personal access token; without scopes it has <c>read write admin</c>.</summary>
    public ApiClient Api(Person person, params string[] scopes) => new(this, _log, NewToken(person, scopes));

    /// <summary>The API without credentials.</summary>
    public ApiClient AnonymousApi => new(this, _log, null);

    /// <summary>Stores a personal access token and answers its text.</summary>
    public string NewToken(Person person, params string[] scopes)
    {
        var text = "mdc_" + Guid.NewGuid().ToString("N");
        Db(db =>
            {
                db.AccessTokens.Add(
                    new AccessToken
                    {
                        UserId = person.Id,
                        Kind = TokenKind.Personal,
                        Name = "test",
                        Hash = Sessions.HashOf(text),
                        Scopes = string.Join(' ', scopes.Length == 0 ? ["read", "write", "admin"] : scopes),
                        CreatedAt = Now,
                        ExpiresAt = Now.AddDays(90),
                        LastUsedAt = Now,
                        Stamp = db.Users.Single(u => u.Id == person.Id).SecurityStamp!,
                    }
                );
                return db.SaveChangesAsync();
            })
            .GetAwaiter()
            .GetResult();
        return text;
    }

    /// <summary>Does what follows from all events so far: until then nobody has been told of them.</summary>
    public Task Follow() => With<FollowEvents, int>(events => events.Handle(CancellationToken.None));

    /// <summary>Reads or writes the database, each time in a fresh context.</summary>
    public async Task<T> Db<T>(Func<AppDb, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<AppDb>());
    }

    /// <summary>Runs something with services of the app: a handler, a job.</summary>
    public async Task<T> With<TService, T>(Func<TService, Task<T>> work)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Runs a use case for somebody.</summary>
    public async Task<T> WithAs<TService, T>(CurrentUser user, Func<TService, Task<T>> work)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ActingPerson>().User = user;
        return await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    /// <summary>Runs something with services of the app.</summary>
    public async Task With<TService>(Func<TService, Task> work)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public virtual async Task InitializeAsync()
    {
        _database = On ?? ReplicaOf?._database ?? await TestDatabase.Make();
        UseKestrel(o => o.Listen(IPAddress.Loopback, 0));
        StartServer();
        Address = new(
            Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()
        );
    }

    /// <summary>
    /// A second instance beside this one, on the same database; null on SQLite, which has one process only.
    /// </summary>
    internal async Task<App?> Replica(App? replica = null)
    {
        if (!TestDatabase.IsPostgres)
            return null;
        replica ??= new App();
        replica.ReplicaOf = this;
        // Clocks of one system agree, at least when it starts.
        replica.Clock.SetUtcNow(Clock.GetUtcNow());
        await replica.InitializeAsync();
        return replica;
    }

    /// <summary>Stands for another one, which is running already.</summary>
    private protected void Use(App running)
    {
        _log = running._log;
        _errorsBefore = running._log.Errors.Count;
        _database = running._database;
        _services = running.Services;
        Clock = running.Clock;
        Address = running.Address;
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        if (ReplicaOf is null && On is null)
            await _database.DisposeAsync();
    }

    /// <summary>
    /// Settings by their names in the environment or appsettings.json (<c>PUBLIC_URL</c>, <c>RateLimits:Enabled</c>).
    /// </summary>
    protected virtual IEnumerable<(string Name, string Value)> Settings => [];

    /// <summary>Replaces services: fakes of what is outside.</summary>
    protected virtual void Replace(IServiceCollection services) { }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // Not Development: pages must not show more to a test than to a person.
        builder.UseEnvironment("Test");
        builder.UseStaticWebAssets();
        builder.UseSetting("DATA_DIR", _database.DataDir);
        builder.UseSetting("SECRET_KEY", SecretKey);
        builder.UseSetting("RateLimits:Enabled", "false");
        builder.UseSetting("Outbox:Enabled", "false");
        builder.UseSetting("Events:Enabled", "false");
        builder.UseSetting("Jobs:Scheduled", "false");
        if (_database.Url is { } url)
            builder.UseSetting("DATABASE_URL", url);
        foreach (var (name, value) in Settings)
            builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            services.RemoveAll<TimeProvider>().AddSingleton<TimeProvider>(Clock);
            services
                .RemoveAll<ILoggerFactory>()
                .AddSingleton<ILoggerFactory>(_ =>
                    LoggerFactory.Create(log => log.SetMinimumLevel(LogLevel.Error).AddProvider(_log))
                );
            services.Configure<PasswordHasherOptions>(o => o.IterationCount = CheapHashing.Value.IterationCount);
            services.ConfigureDbContext<SqliteAppDb>(o => o.AddInterceptors(_log));
            services.ConfigureDbContext<PostgresAppDb>(o => o.AddInterceptors(_log));
            services.AddSingleton<IStartupFilter>(_log);
            // Its first round comes at some moment after the start: a test seals when it wants to.
            services.Remove(services.Single(s => s.ImplementationType == typeof(SealingWorker)));
            Replace(services);
        });
    }
}
