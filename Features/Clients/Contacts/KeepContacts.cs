using MdcTts.Infrastructure.Audit;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Results;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Security;
using MdcTts.Infrastructure.Ui;
using MdcTts.Infrastructure.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Clients.Contacts;

/// <summary>
/// The contacts of a client: staff read them, an admin adds, changes and removes them. What is personal about them
/// stands in the part of the audit entries that is not sealed.
/// </summary>
public sealed class KeepContacts(AppDb db, CurrentUser user, TimeProvider clock)
{
    public sealed record View(
        Client Client,
        ContactForm Typed,
        ClientContact? Existing = null,
        FieldErrors? Errors = null,
        Problem? Refusal = null
    );

    public static void Map(RouteGroupBuilder pages, RouteGroupBuilder api)
    {
        pages.MapGet("/{id:int}/contacts/new", New).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/contacts", SubmitNew).RequireAuthorization(Policies.Admin);
        pages.MapGet("/{id:int}/contacts/{contact:int}", Form).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/contacts/{contact:int}", Submit).RequireAuthorization(Policies.Admin);
        pages.MapPost("/{id:int}/contacts/{contact:int}/removal", SubmitEnd).RequireAuthorization(Policies.Admin);
        api.MapGet("/{id:int}/contacts", Json)
            .RequireAuthorization(Policies.Staff)
            .Produces<ContactsBody>()
            .WithSummary("The contacts of a client, the main one first");
        api.MapPost("/{id:int}/contacts", JsonNew)
            .RequireAuthorization(Policies.Admin)
            .Produces<ContactBody>(StatusCodes.Status201Created)
            .WithSummary("Add a contact")
            .WithExample("""{"name":"Maha Saud","title":"Project manager","phone":"0551234567","isMain":true}""");
        api.MapPut("/{id:int}/contacts/{contact:int}", JsonChange)
            .RequireAuthorization(Policies.Admin)
            .Produces<ContactBody>()
            .WithSummary("Replace a contact's fields")
            .WithDescription("Needs `If-Match` with the version that was read.");
        api.MapDelete("/{id:int}/contacts/{contact:int}", JsonEnd)
            .RequireAuthorization(Policies.Admin)
            .Produces(StatusCodes.Status204NoContent)
            .WithSummary("Remove a contact");
    }

    /// <summary>Those of a client, whom to ask first at the top.</summary>
    public Task<List<ClientContact>> Of(int clientId, CancellationToken stop) =>
        db
            .ClientContacts.AsNoTracking()
            .Where(c => c.ClientId == clientId)
            .OrderByDescending(c => c.IsMain)
            .ThenBy(c => c.Name)
            .ThenBy(c => c.Id)
            .Take(ClientContact.Max)
            .ToListAsync(stop);

    public async Task<Result<ClientContact>> Add(int clientId, ContactInput input, bool isMain, CancellationToken stop)
    {
        var errors = new FieldErrors();
        var fields = ContactFields.Read(input, isMain, errors);
        if (errors.Any)
            return Problem.Invalid(errors);

        await using var write = await db.BeginWrite(stop);
        if (!await Take(clientId, stop))
            return Problem.NotFound();
        if (await db.ClientContacts.CountAsync(c => c.ClientId == clientId, stop) >= ClientContact.Max)
            return Problem.Conflict("contact.enough", ClientContact.Max);
        if (isMain)
            await NobodyElse(clientId, 0, stop);
        var contact = new ClientContact { ClientId = clientId, CreatedAt = clock.Instant() };
        fields.ApplyTo(contact);
        db.ClientContacts.Add(contact);
        await db.SaveChangesAsync(stop);
        Note("client.contact_added", contact, about: fields);
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return contact;
    }

    public async Task<Result<ClientContact>> Change(
        int clientId,
        int id,
        int version,
        ContactInput input,
        bool isMain,
        CancellationToken stop
    )
    {
        var errors = new FieldErrors();
        var fields = ContactFields.Read(input, isMain, errors);
        await using var write = await db.BeginWrite(stop);
        if (!await Take(clientId, stop) || await Find(clientId, id, stop) is not { } contact)
            return Problem.NotFound();
        if (contact.Version != version)
            return new Problem(ProblemKind.PreconditionFailed, "problem.version_mismatch", contact.Version);
        if (errors.Any)
            return Problem.Invalid(errors);
        var old = ContactFields.Of(contact);
        if (old == fields)
            return contact;
        if (isMain)
            await NobodyElse(clientId, id, stop);
        fields.ApplyTo(contact);
        contact.Version++;
        Note(
            "client.contact_edited",
            contact,
            new
            {
                name = old.Name,
                old,
                @new = fields,
            }
        );
        if (!(await db.Save(contact, stop)).Ok(out _, out var problem))
            return problem;
        await write.Commit(stop);
        return contact;
    }

    public async Task<Result<ClientContact>> Remove(int clientId, int id, CancellationToken stop)
    {
        await using var write = await db.BeginWrite(stop);
        if (!await Take(clientId, stop) || await Find(clientId, id, stop) is not { } contact)
            return Problem.NotFound();
        db.ClientContacts.Remove(contact);
        Note("client.contact_removed", contact, ContactFields.Of(contact));
        await db.SaveChangesAsync(stop);
        await write.Commit(stop);
        return contact;
    }

    // The row of the client makes writers of its contacts wait for each other: else two could both be the main one.
    private async Task<bool> Take(int clientId, CancellationToken stop) =>
        await db
            .Clients.Where(c => c.Id == clientId)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Version, c => c.Version), stop) > 0;

    private Task<int> NobodyElse(int clientId, int id, CancellationToken stop) =>
        db
            .ClientContacts.Where(c => c.ClientId == clientId && c.Id != id && c.IsMain)
            .ExecuteUpdateAsync(
                set => set.SetProperty(c => c.IsMain, false).SetProperty(c => c.Version, c => c.Version + 1),
                stop
            );

    private void Note(string action, ClientContact contact, object about) =>
        db.Audit.Add(
            AuditLog.By(
                user,
                action,
                "client",
                contact.ClientId.ToString(),
                clock.Instant(),
                new { contactId = contact.Id },
                about
            )
        );

    private Task<ClientContact?> Find(int clientId, int id, CancellationToken stop) =>
        db.ClientContacts.SingleOrDefaultAsync(c => c.Id == id && c.ClientId == clientId, stop);

    private Task<Client?> ClientOf(int id, CancellationToken stop) =>
        db.Clients.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, stop);

    private static async Task<IResult> New(int id, KeepContacts useCase, HttpContext http, CancellationToken stop) =>
        await useCase.ClientOf(id, stop) is { } client
            ? ContactPage.Create(new(client, new()))
            : http.HtmlProblem(Problem.NotFound());

    private static async Task<IResult> SubmitNew(
        int id,
        [FromForm] ContactForm? form,
        KeepContacts useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        form ??= new();
        var result = await useCase.Add(id, form, form.IsTicked, stop);
        if (!result.Ok(out _, out var problem))
            return await useCase.ShowAgain(id, null, form, problem, http, stop);
        http.Toast(Words.T["contact.added"]);
        return http.SeeOther(ClientRoutes.One(id));
    }

    private static async Task<IResult> Form(
        int id,
        int contact,
        KeepContacts useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (
            await useCase.ClientOf(id, stop) is not { } client
            || await useCase.Find(id, contact, stop) is not { } existing
        )
            return http.HtmlProblem(Problem.NotFound());
        var typed = new ContactForm
        {
            Name = existing.Name,
            NameAr = existing.NameAr,
            Title = existing.Title,
            Phone = existing.Phone,
            Email = existing.Email,
            IsMain = existing.IsMain ? "true" : null,
        };
        return ContactPage.Create(new(client, typed, existing));
    }

    private static async Task<IResult> Submit(
        int id,
        int contact,
        [FromForm] ContactForm? form,
        KeepContacts useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        form ??= new();
        var version = int.TryParse(form.Version, out var v) ? v : 0;
        var result = await useCase.Change(id, contact, version, form, form.IsTicked, stop);
        if (!result.Ok(out _, out var problem))
            return await useCase.ShowAgain(id, contact, form, problem, http, stop);
        http.Toast(Words.T["contact.saved"]);
        return http.SeeOther(ClientRoutes.One(id));
    }

    private async Task<IResult> ShowAgain(
        int id,
        int? contact,
        ContactForm form,
        Problem problem,
        HttpContext http,
        CancellationToken stop
    )
    {
        db.ChangeTracker.Clear();
        var existing = contact is { } key ? await Find(id, key, stop) : null;
        if (await ClientOf(id, stop) is not { } client || (contact is not null && existing is null))
            return http.HtmlProblem(problem);
        var refusal = problem.Fields is null ? problem : null;
        var status = refusal is null ? ProblemResults.StatusOf(problem.Kind) : StatusCodes.Status409Conflict;
        return ContactPage.Create(new(client, form, existing, problem.Fields, refusal)).Status(status);
    }

    private static async Task<IResult> SubmitEnd(
        int id,
        int contact,
        KeepContacts useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Remove(id, contact, stop)).Ok(out _, out var problem))
            return http.HtmlProblem(problem);
        http.Toast(Words.T["contact.removed"]);
        return http.SeeOther(ClientRoutes.One(id));
    }

    private static async Task<IResult> Json(int id, KeepContacts useCase, CancellationToken stop) =>
        await useCase.ClientOf(id, stop) is null
            ? ProblemResults.Json(Problem.NotFound())
            : TypedResults.Ok(new ContactsBody((await useCase.Of(id, stop)).ConvertAll(ContactBody.Of)));

    private static async Task<IResult> JsonNew(
        int id,
        [FromBody] ContactDocument input,
        KeepContacts useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (!(await useCase.Add(id, input, input.IsMain, stop)).Ok(out var contact, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(contact.Version);
        return TypedResults.Created(RouteGroups.Api + ClientRoutes.Contact(id, contact.Id), ContactBody.Of(contact));
    }

    private static async Task<IResult> JsonChange(
        int id,
        int contact,
        [FromBody] ContactDocument input,
        KeepContacts useCase,
        HttpContext http,
        CancellationToken stop
    )
    {
        if (http.IfMatch() is not { } version)
            return ProblemResults.Json(new Problem(ProblemKind.PreconditionRequired, "problem.version_missing"));
        if (!(await useCase.Change(id, contact, version, input, input.IsMain, stop)).Ok(out var saved, out var problem))
            return ProblemResults.Json(problem);
        http.Tag(saved.Version);
        return TypedResults.Ok(ContactBody.Of(saved));
    }

    private static async Task<IResult> JsonEnd(int id, int contact, KeepContacts useCase, CancellationToken stop) =>
        (await useCase.Remove(id, contact, stop)).Match<IResult>(_ => TypedResults.NoContent(), ProblemResults.Json);
}
