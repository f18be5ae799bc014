namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Carries a fault out of the depths of a reader; <see cref="RegisterFile"/> lets none of them out.</summary>
internal sealed class RegisterFaultException(RegisterFault fault) : Exception
{
    public RegisterFault Fault { get; } = fault;
}
