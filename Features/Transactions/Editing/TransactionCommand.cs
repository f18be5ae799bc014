using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MdcTts.Features.Transactions.Editing;

/// <summary>The body of create and replace.</summary>
public sealed record TransactionCommand
{
    public string? Title { get; init; }

    [JsonConverter(typeof(TextOrNumber))]
    public string? Client { get; init; }
    public string? Type { get; init; }
    public string? ReferenceNumber { get; init; }
    public string? Description { get; init; }
    public string? Category { get; init; }
    public string? Priority { get; init; }

    [JsonConverter(typeof(TextOrNumber))]
    public string? Amount { get; init; }
    public string? Currency { get; init; }
    public string? Project { get; init; }
    public string? Department { get; init; }

    [JsonConverter(typeof(TextOrNumber))]
    public string? Assignee { get; init; }
    public HolderCommand? Holder { get; init; }
    public string? DueDate { get; init; }
    public string? DueDateHijri { get; init; }
    public IReadOnlyList<string>? Tags { get; init; }
    public string? InternalNotes { get; init; }
    public IReadOnlyList<AuthorityCommand?>? AuthorityReferences { get; init; }

    /// <summary>On create: submit at once.</summary>
    public bool Submit { get; init; }

    public sealed record HolderCommand(string? Kind, string? Name = null, string? Since = null);

    public sealed record AuthorityCommand(string? Authority, string? Number, string? Date = null);

    /// <summary>As the rules want it.</summary>
    public TransactionInput ToInput() =>
        new()
        {
            Title = Title,
            Client = Client,
            Type = Type,
            ReferenceNumber = ReferenceNumber,
            Description = Description,
            Category = Category,
            Priority = Priority,
            Amount = Amount,
            Currency = Currency,
            Project = Project,
            Department = Department,
            Assignee = Assignee,
            Holder = Holder?.Kind,
            HolderName = Holder?.Name,
            HolderSince = Holder?.Since,
            DueDate = DueDate ?? DueDateHijri,
            InternalNotes = InternalNotes,
            Tags = Tags ?? [],
            AuthorityReferences =
            [
                .. (AuthorityReferences ?? []).Select(a => new TransactionInput.Authority(
                    a?.Authority,
                    a?.Number,
                    a?.Date
                )),
            ],
        };

    /// <summary>Ids and amounts are strings in our answers, but a script may send them as numbers.</summary>
    private sealed class TextOrNumber : JsonConverter<string?>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString(),
                // A token that lies across two buffers of the request has no span.
                JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(
                    reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan
                ),
                _ => throw new JsonException(),
            };

        public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value);
    }
}
