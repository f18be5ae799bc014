namespace MdcTts.Features.Outbox.Writing;

/// <summary>A mail as its layout shows it.</summary>
/// <param name="Name">Whom it greets; null: nobody by name.</param>
/// <param name="Firm">The firm's name.</param>
/// <param name="Root">The app's address.</param>
/// <param name="StopUrl">Where people switch such mails off; null when they cannot.</param>
public sealed record MailView(MailContent Content, string? Name, string Firm, string Root, string? StopUrl);
