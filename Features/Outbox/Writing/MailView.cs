namespace MdcTts.Features.Outbox.Writing;

/// <summary>A mail as its layout shows it.</summary>
/// <param name="Content">What it says.</param>
/// <param name="Name">Whom it greets.</param>
/// <param name="Firm">The firm's name.</param>
/// <param name="Root">The app's address.</param>
/// <param name="StopUrl">Where such mails are switched off; null when they cannot be.</param>
public sealed record MailView(MailContent Content, string Name, string Firm, string Root, string? StopUrl);
