using System.Buffers.Binary;
using MdcTts.Features.Accounts.SignIn;
using MdcTts.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using static MdcTts.Support.Cast;

namespace MdcTts.Features.Accounts;

/// <summary>An app that hashes as the real one does, and counts how many at a time.</summary>
public sealed class HashingApp : App
{
    public Meter Hashing { get; } = new();

    protected override void Replace(IServiceCollection services)
    {
        // The last one makes hashes cheap for tests.
        services.Remove(services.Last(s => s.ServiceType == typeof(IConfigureOptions<PasswordHasherOptions>)));
        services.AddScoped<IPasswordHasher<User>>(given => new MeasuredHasher(
            given.GetRequiredService<IOptions<PasswordHasherOptions>>(),
            Hashing
        ));
    }

    public sealed class Meter
    {
        private readonly Lock _lock = new();
        private int _now;

        public int Most { get; private set; }

        public void Enter()
        {
            lock (_lock)
                Most = Math.Max(Most, ++_now);
        }

        public void Leave()
        {
            lock (_lock)
                _now--;
        }
    }

    private sealed class MeasuredHasher(IOptions<PasswordHasherOptions> options, Meter meter)
        : PasswordHasher<User>(options)
    {
        public override PasswordVerificationResult VerifyHashedPassword(User user, string hash, string given)
        {
            meter.Enter();
            try
            {
                return base.VerifyHashedPassword(user, hash, given);
            }
            finally
            {
                meter.Leave();
            }
        }
    }
}

public sealed class PasswordHashingTests(HashingApp app) : IClassFixture<HashingApp>
{
    [Fact]
    public async Task A_hash_of_former_days_is_renewed_at_the_next_sign_in_and_ends_no_session()
    {
        var person = await app.Given.User();
        var other = app.SignedInAs(person);
        var old = new PasswordHasher<User>(
            Options.Create(new PasswordHasherOptions { CompatibilityMode = PasswordHasherCompatibilityMode.IdentityV2 })
        );
        await Keep(person, old.HashPassword(new User(), Password));

        (await SignIn(app.Anonymous, person, "not the password")).Expect(422);
        Assert.Equal(0, Convert.FromBase64String(await HashOf(person))[0]);
        (await SignIn(app.Anonymous, person, Password)).Expect(303);

        // Identity's third format: HMAC-SHA-512, and the number of rounds.
        var hash = Convert.FromBase64String(await HashOf(person));
        Assert.Equal(
            (1, 2u, 220_000u),
            (
                hash[0],
                BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(1)),
                BinaryPrimitives.ReadUInt32BigEndian(hash.AsSpan(5))
            )
        );
        var renewed = await HashOf(person);
        (await app.AnonymousApi.Post("/auth/login", new { email = person.Email, password = Password })).Expect(200);
        Assert.Equal(renewed, await HashOf(person));
        (await other.Page("/account")).Expect(200);
    }

    [Fact]
    public async Task The_same_letters_are_the_same_password_whatever_the_keyboard()
    {
        const string composed = "caf\u00e9 with a view";
        const string decomposed = "cafe\u0301 with a view";
        var person = await app.Given.User();
        (
            await app.SignedInAs(person)
                .Submit(
                    "/account/password",
                    new
                    {
                        current = Password,
                        password = decomposed,
                        repeat = decomposed,
                    }
                )
        ).Expect(303);

        (await SignIn(app.Anonymous, person, composed)).Expect(303);
        (await SignIn(app.Anonymous, person, decomposed)).Expect(303);

        // As it was hashed before passwords were composed.
        await Keep(person, new PasswordHasher<User>(App.CheapHashing).HashPassword(new User(), decomposed));
        (await SignIn(app.Anonymous, person, decomposed)).Expect(303);
        (await SignIn(app.Anonymous, person, composed)).Expect(303);
    }

    [Fact]
    public async Task Whoever_finds_the_queue_full_is_told_to_come_back_and_nothing_is_counted()
    {
        var person = await app.Given.User();
        var me = app.SignedInAs(person);
        var hashing = app.Services.GetRequiredService<PasswordHashing>();
        var places = Enumerable
            .Range(0, PasswordHashing.PlacesMax)
            .Select(_ => hashing.TakePlace(CancellationToken.None))
            .ToList();
        try
        {
            for (var i = 0; i < Attempts.FreeFailures; i++)
            {
                var refused = (await SignIn(app.Anonymous, person, "wrong")).Expect(503);
                Assert.Equal("2", refused.Header("Retry-After"));
                Assert.Contains("Try again in a moment", refused.Text);
            }

            var api = await app.AnonymousApi.Post("/auth/login", new { email = person.Email, password = Password });
            Assert.Equal("busy", api.Expect(503).Problem);
            (await me.Submit("/signin/confirm", new { proofPassword = Password })).Expect(503);
            (await me.Submit("/account/password", new { current = "wrong" })).Expect(503);
            (await me.Page("/transactions")).Expect(200);
        }
        finally
        {
            // Who leaves lets the next one in.
            foreach (var place in places)
                (await place).Dispose();
        }

        (await SignIn(app.Anonymous, person, Password)).Expect(303);
    }

    [Fact]
    public async Task Half_of_the_processors_are_left_to_the_pages()
    {
        // Those of one account would wait for each other.
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 12)
                .Select(i => app.Anonymous.Submit("/signin", new { email = $"nobody{i}@mdc.example", password = "x" }))
        );

        Assert.All(answers, a => a.Expect(422));
        Assert.InRange(app.Hashing.Most, 1, Math.Max(1, Environment.ProcessorCount / 2));
    }

    private static Task<Answer> SignIn(Visitor visitor, Person person, string password) =>
        visitor.Submit("/signin", new { email = person.Email, password });

    private Task<string> HashOf(Person person) =>
        app.Db(db => db.Users.Where(u => u.Id == person.Id).Select(u => u.PasswordHash!).SingleAsync());

    private Task<int> Keep(Person person, string hash) =>
        app.Db(db =>
            db.Users.Where(u => u.Id == person.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, hash))
        );
}
