using MailKit.Net.Smtp;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Jobs;
using MdcTts.Infrastructure.Logging;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>
/// Sends what is due, one message after the other. Each is claimed first (<see cref="Leases"/>), so any number of
/// processes may send.
/// </summary>
/// <remarks>
/// When the server has taken a mail but its row could not be marked, the mail is sent a second time under the same
/// Message-ID. SMTP offers nothing better.
/// </remarks>
public sealed partial class SendMails(
    AppDb db,
    Leases leases,
    WriteMail writer,
    MailFiles files,
    AppSettings settings,
    Func<SmtpClient> smtp,
    IConfiguration configuration,
    TimeProvider clock,
    ILogger<SendMails> log
)
{
    public const int BatchMax = 100;

    /// <summary>Longer than the deadline of a mail.</summary>
    public static readonly TimeSpan LeaseLength = TimeSpan.FromMinutes(2);

    private const int CandidatesMax = 10;
    private static readonly TimeSpan[] Delays =
    [
        .. new[] { 1, 5, 15, 60, 240, 720, 1440 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
    ];

    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(configuration.GetValue("Outbox:DeadlineSeconds", 30.0));

    // What the demonstration's people would get must not go anywhere.
    private bool IsToFile => settings.Mail.Host is null || settings.IsDemo;

    /// <summary>
    /// Sends until nothing is due, the batch is full, or the server cannot be reached; answers how many messages it
    /// looked at.
    /// </summary>
    public async Task<int> Handle(CancellationToken stop)
    {
        await using var connection = new SmtpConnection(settings.Mail, smtp);
        var count = 0;
        while (count < BatchMax && await Claim(stop) is { } claimed)
        {
            await using var lease = claimed;
            count++;
            if (!await Deliver(lease, connection))
                return count;
        }

        return count;
    }

    /// <summary>Takes a message that is due and that nobody has.</summary>
    internal async Task<Lease<OutboxMessage>?> Claim(CancellationToken stop)
    {
        var now = clock.Instant();
        var due = await Due(db, now)
            .Free(now)
            .OrderBy(m => m.DueAt)
            .ThenBy(m => m.Id)
            .Select(m => m.Id)
            .Take(CandidatesMax)
            .ToListAsync(stop);
        foreach (var id in due)
        {
            // The attempt counts from here, so a mail that crashes the process is given up after a few attempts.
            var lease = await leases.Claim(
                each => Due(each, now).Where(m => m.Id == id),
                LeaseLength,
                stop,
                set => set.SetProperty(m => m.Attempts, m => m.Attempts + 1)
            );
            if (lease is not null)
                return lease;
        }

        return null;
    }

    private static IQueryable<OutboxMessage> Due(EngineDb db, DateTime now) =>
        db.Set<OutboxMessage>().Where(m => m.SentAt == null && m.ParkedAt == null && m.DueAt <= now);

    /// <summary>
    /// Sends one message; false when the server cannot be reached now. The end of the process does not interrupt it:
    /// it ends within its own deadline.
    /// </summary>
    private async Task<bool> Deliver(Lease<OutboxMessage> lease, SmtpConnection connection)
    {
        var message = lease.Row;
        using var trace = Counters.Trace("mail");
        trace.GoOn(message.RequestId);
        using var deadline = new CancellationTokenSource(_deadline);
        Mail? mail = null;
        try
        {
            if (message.Attempts > OutboxMessage.AttemptsMax)
                throw new InvalidOperationException("The process ended during the last attempt.");
            mail = await writer.Handle(message, deadline.Token);
            if (mail.Message is null)
                return await Done(lease, mail.WhyNot);
            if (IsToFile)
                await files.Write(message.Id, mail.Message, deadline.Token);
            else
                await connection.Send(mail.Message, deadline.Token);
        }
        catch (Exception failed)
        {
            var isServerAway = mail?.Message is not null && !IsToFile && !connection.IsOpen;
            connection.Drop();
            await Failed(lease, MailFailure.Of(failed, settings.Mail.Password, mail?.Secret));
            return !isServerAway;
        }

        return await Done(lease, IsToFile ? MailStates.WrittenToFile : null);
    }

    private async Task<bool> Done(Lease<OutboxMessage> lease, string? how)
    {
        var message = lease.Row;
        var now = clock.Instant();
        var isOurs = await lease.Finish(set =>
            set.SetProperty(m => m.SentAt, now).SetProperty(m => m.Error, how).SetProperty(m => m.Secret, (string?)null)
        );
        if (!isOurs)
        {
            Log.Late(log, message.Id, message.Event);
            return true;
        }

        Log.Done(log, message.Id, message.Event, how ?? "sent");
        Counters.Mail(
            how switch
            {
                null => "sent",
                MailStates.WrittenToFile => "written",
                _ => "dropped",
            }
        );
        return true;
    }

    private async Task Failed(Lease<OutboxMessage> lease, MailFailure failure)
    {
        var message = lease.Row;
        var now = clock.Instant();
        DateTime? parked = failure.IsFinal || message.Attempts >= OutboxMessage.AttemptsMax ? now : null;
        var due = now + Delays[Math.Clamp(message.Attempts - 1, 0, Delays.Length - 1)];
        var isOurs = await lease.Finish(set =>
            set.SetProperty(m => m.Error, failure.Text)
                .SetProperty(m => m.ParkedAt, parked)
                .SetProperty(m => m.DueAt, due)
        );
        if (!isOurs)
            Log.Late(log, message.Id, message.Event);
        else if (parked is null)
            Log.Failed(log, message.Id, message.Event, message.Attempts, failure.Name);
        else
            Log.Parked(log, message.Id, message.Event, message.Attempts, failure.Name);
        if (isOurs)
            Counters.Mail(parked is null ? "failed" : "parked");
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Mail {Id} ({Event}): {How}")]
        public static partial void Done(ILogger logger, long id, string @event, string how);

        [LoggerMessage(2, LogLevel.Warning, "Mail {Id} ({Event}) was not sent, attempt {Attempt}: {Failure}")]
        public static partial void Failed(ILogger logger, long id, string @event, int attempt, string failure);

        [LoggerMessage(3, LogLevel.Warning, "Mail {Id} ({Event}) was given up after attempt {Attempt}: {Failure}")]
        public static partial void Parked(ILogger logger, long id, string @event, int attempt, string failure);

        [LoggerMessage(4, LogLevel.Warning, "Mail {Id} ({Event}) belonged to another worker when this one was done")]
        public static partial void Late(ILogger logger, long id, string @event);
    }
}
