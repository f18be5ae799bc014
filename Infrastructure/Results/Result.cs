namespace MdcTts.Infrastructure.Results;

/// <summary>What a handler answers: a value, or the <see cref="Problem"/> that prevented it.</summary>
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Problem? problem) => (_value, Problem) = (value, problem);

    /// <summary>The refusal, or null on success.</summary>
    public Problem? Problem { get; }

    /// <summary>The value; throws when there is a problem instead.</summary>
    public T Value => Problem is null ? _value! : throw new InvalidOperationException($"No value: {Problem.Key}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Problem problem) => new(default, problem);

    /// <summary>Turns either outcome into one thing, usually an HTTP result.</summary>
    public TOut Match<TOut>(Func<T, TOut> ok, Func<Problem, TOut> refused) =>
        Problem is null ? ok(_value!) : refused(Problem);

    /// <summary>True with the value, or false with the problem.</summary>
    public bool Ok(
        [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value,
        [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out Problem? problem
    )
    {
        value = _value!;
        problem = Problem;
        return problem is null;
    }
}
