namespace MdcTts.Features.Transactions.Imports.Parsing;

/// <summary>Carries a fault out of a reader; <see cref="RegisterFile"/> catches all of them.</summary>
internal sealed class RegisterFaultException(RegisterFault fault) : Exception
{
    public RegisterFault Fault { get; } = fault;
}
