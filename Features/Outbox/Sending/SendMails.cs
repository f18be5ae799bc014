using MailKit.Net.Smtp;
using MdcTts.Features.Outbox.Writing;
using MdcTts.Infrastructure;
using MdcTts.Infrastructure.Configuration;
using MdcTts.Infrastructure.Database;
using MdcTts.Infrastructure.Logging;
using MdcTts.Infrastructure.Metrics;
using MdcTts.Infrastructure.Saudi;
using MdcTts.Infrastructure.Text;
using Microsoft.EntityFrameworkCore;

namespace MdcTts.Features.Outbox.Sending;

/// <summary>
/// Sends what is due, one message after the other. Each is claimed for a while under a number of its own (<see cref="OutboxMessage.Lease"/>), so that any number
/// of processes may do this: who dies loses the claim, and who wakes too late writes nothing.
/// </summary>
/// <remarks>A mail that the server has taken but whose row could not be marked any more is sent a second time, under the same Message-ID: SMTP has no better.</remarks>
public sealed partial class SendMails(
    AppDb db,
    WriteMail writer,
    MailFiles files,
    AppSettings settings,
    Func<SmtpClient> smtp,
    IConfiguration configuration,
    TimeProvider clock,
    ILogger<SendMails> log
)
{
    public const int BatchMost = 100;

    /// <summary>Longer than the deadline of a mail.</summary>
    public static readonly TimeSpan LeaseLength = TimeSpan.FromMinutes(2);

    private const int CandidatesMost = 10;
    private static readonly TimeSpan[] Delays =
    [
        .. new[] { 1, 5, 15, 60, 240, 720, 1440 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
    ];

    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(configuration.GetValue("Outbox:DeadlineSeconds", 30.0));

    // What the demonstration's people would get must not go anywhere.
    private bool IsToFile => settings.Mail.Host is null || settings.IsDemo;

    /// <summary>Sends until nothing is due, the batch is full, or the server cannot be reached; answers how many messages it looked at.</summary>
    public async Task<int> Handle(CancellationToken stop)
    {
        await using var connection = new SmtpConnection(settings.Mail, smtp);
        var count = 0;
        while (count < BatchMost && await Claim(stop) is { } message)
        {
            count++;
            if (!await Deliver(message, connection))
                return count;
        }

        return count;
    }

    /// <summary>Takes a message that is due and that nobody has.</summary>
    internal async Task<OutboxMessage?> Claim(CancellationToken stop)
    {
        var now = clock.Instant();
        var due = await db
            .Outbox.Where(m =>
                m.SentAt == null
                && m.ParkedAt == null
                && m.DueAt <= now
                && (m.LeasedUntil == null || m.LeasedUntil <= now)
            )
            .OrderBy(m => m.DueAt)
            .ThenBy(m => m.Id)
            .Select(m => new { m.Id, m.Lease })
            .Take(CandidatesMost)
            .ToListAsync(stop);
        foreach (var candidate in due)
        {
            // The attempt counts from here on: a mail that brings the process down does so a few times, not for ever.
            var claimed = await Write(
                candidate.Id,
                candidate.Lease,
                set =>
                    set.SetProperty(m => m.Lease, m => m.Lease + 1)
                        .SetProperty(m => m.LeasedUntil, now + LeaseLength)
                        .SetProperty(m => m.Attempts, m => m.Attempts + 1),
                stop
            );
            if (claimed)
                return await db.Outbox.AsNoTracking().SingleAsync(m => m.Id == candidate.Id, stop);
        }

        return null;
    }

    /// <summary>Sends one; false when there is no way to the server now. Not interrupted by the end of the process: its deadline is near.</summary>
    private async Task<bool> Deliver(OutboxMessage message, SmtpConnection connection)
    {
        using var trace = Counters.Trace("mail");
        trace.GoOn(message.RequestId);
        using var deadline = new CancellationTokenSource(_deadline);
        Mail? mail = null;
        try
        {
            if (message.Attempts > OutboxMessage.AttemptsMost)
                throw new InvalidOperationException("The process ended during the last attempt.");
            mail = await writer.Handle(message, deadline.Token);
            if (mail.Message is null)
                return await Done(message, mail.WhyNot);
            if (IsToFile)
                await files.Write(message.Id, mail.Message, deadline.Token);
            else
                await connection.Send(mail.Message, deadline.Token);
        }
        catch (Exception failed)
        {
            var isServerAway = mail?.Message is not null && !IsToFile && !connection.IsOpen;
            connection.Drop();
            await Failed(message, MailFailure.Of(failed, settings.Mail.Password, mail?.Secret));
            return !isServerAway;
        }

        return await Done(message, IsToFile ? MailStates.WrittenToFile : null);
    }

    private async Task<bool> Done(OutboxMessage message, string? how)
    {
        var now = clock.Instant();
        var isOurs = await Write(
            message.Id,
            message.Lease,
            set =>
                set.SetProperty(m => m.SentAt, now)
                    .SetProperty(m => m.Error, how)
                    .SetProperty(m => m.Secret, (string?)null)
                    .SetProperty(m => m.LeasedUntil, (DateTime?)null),
            CancellationToken.None
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

    private async Task Failed(OutboxMessage message, MailFailure failure)
    {
        var now = clock.Instant();
        DateTime? parked = failure.IsFinal || message.Attempts >= OutboxMessage.AttemptsMost ? now : null;
        var due = now + Delays[Math.Clamp(message.Attempts - 1, 0, Delays.Length - 1)];
        var isOurs = await Write(
            message.Id,
            message.Lease,
            set =>
                set.SetProperty(m => m.Error, failure.Text)
                    .SetProperty(m => m.ParkedAt, parked)
                    .SetProperty(m => m.DueAt, due)
                    .SetProperty(m => m.LeasedUntil, (DateTime?)null),
            CancellationToken.None
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

    // Changes the row only while this is its claim.
    private async Task<bool> Write(
        long id,
        int lease,
        Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<OutboxMessage>> set,
        CancellationToken stop
    )
    {
        await using var write = await db.BeginWrite(stop);
        var changed = await db
            .Outbox.Where(m => m.Id == id && m.Lease == lease && m.SentAt == null && m.ParkedAt == null)
            .ExecuteUpdateAsync(set, stop);
        await write.Commit(stop);
        return changed == 1;
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
