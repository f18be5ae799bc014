using System.CommandLine;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Hosting;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Text;
using MdcTts.Infrastructure.Ui;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Accounts.Users;

/// <summary>
/// <c>MdcTts user add --email … --name … --role … [--client …] [--password …]</c>: an account from the command line.
/// </summary>
public static class AddUserCommand
{
    public static void AddTo(RootCommand root, RunWeb.Build build)
    {
        var email = new Option<string>("--email") { Description = "E-mail address to sign in with", Required = true };
        var name = new Option<string>("--name") { Description = "Full name", Required = true };
        var nameAr = new Option<string?>("--name-ar") { Description = "The name in Arabic" };
        var role = new Option<string>("--role") { Description = string.Join(", ", Keys.All<Role>()), Required = true };
        var client = new Option<string?>("--client")
        {
            Description = "Id or name of the organisation, for the role client",
        };
        var password = new Option<string?>("--password")
        {
            Description =
                "The password to begin with, which the person replaces at the first sign-in; without one they are "
                + "invited, and the link of the invitation is printed",
        };
        var add = new Command("add", "Make an account") { email, name, nameAr, role, client, password };
        add.SetAction(
            async (parsed, stop) =>
            {
                // The root hands what it does not know to the host; here it is a typing error.
                if (parsed.UnmatchedTokens is [var unknown, ..])
                    throw new SettingsException($"There is no option {unknown}.");
                await using var app = build([], false);
                await PrepareDatabase.Handle(app.Services, stop);
                var command = new AddUser.Command
                {
                    Email = parsed.GetValue(email),
                    FullName = parsed.GetValue(name),
                    NameAr = parsed.GetValue(nameAr),
                    Role = parsed.GetValue(role)?.ToLowerInvariant(),
                    ClientId = parsed.GetValue(client),
                    Password = parsed.GetValue(password),
                };
                return await Handle(command, app.Services, Console.Out, Console.Error, stop);
            }
        );
        root.Add(new Command("user", "Accounts") { add });
    }

    /// <summary>Makes the account; 0, or 1 with one line on <paramref name="error"/>.</summary>
    public static async Task<int> Handle(
        AddUser.Command command,
        IServiceProvider services,
        TextWriter output,
        TextWriter error,
        CancellationToken stop
    )
    {
        using var scope = services.CreateScope();
        var given = scope.ServiceProvider;
        var db = given.GetRequiredService<AppDb>();
        if (!string.IsNullOrEmpty(command.ClientId) && !int.TryParse(command.ClientId, out _))
            command.ClientId = await IdOfClient(command.ClientId, db, stop);

        var result = await given.GetRequiredService<AddUser>().Handle(command, stop);
        if (result.Ok(out var added, out var problem))
        {
            if (added.Invitation is null)
            {
                await output.WriteLineAsync($"{added.User.Email} can sign in as {Keys.Of(added.User.Role)}.");
                return 0;
            }

            var site = given.GetRequiredService<AppSettings>().PublicUrl ?? "http://localhost:8000";
            await output.WriteLineAsync(
                $"{added.User.Email} is invited as {Keys.Of(added.User.Role)}. The mail is sent when the app runs; "
                    + "the link in it, good for 7 days and one use:"
            );
            await output.WriteLineAsync(site + AccountInvitation.Path(added.Invitation));
            return 0;
        }

        var words = Words.For("en");
        var why = problem.Fields is { } fields
            ? string.Join(
                " ",
                fields.Fields.SelectMany(f => fields.Of(f).Select(e => $"{OptionOf(f)}: {words[e.Key, e.Args]}"))
            )
            : words[problem.Key, problem.Args];
        await error.WriteLineAsync(why.ReplaceLineEndings(" "));
        return 1;
    }

    private static async Task<string> IdOfClient(string name, AppDb db, CancellationToken stop)
    {
        var folded = ArabicText.Fold(name);
        var clients = await db
            .Clients.Select(c => new
            {
                c.Id,
                c.NameEn,
                c.NameAr,
            })
            .ToListAsync(stop);
        return clients
                .Where(c => ArabicText.Fold(c.NameEn) == folded || ArabicText.Fold(c.NameAr) == folded)
                .Select(c => c.Id.ToString())
                .FirstOrDefault()
            ?? name;
    }

    private static string OptionOf(string field) =>
        field switch
        {
            "fullName" => "--name",
            "clientId" => "--client",
            _ => "--" + field,
        };
}
