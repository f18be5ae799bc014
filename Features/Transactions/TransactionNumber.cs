using MdcTts.Infrastructure.Text;

namespace MdcTts.Features.Transactions;

/// <summary>Numbers in addresses.</summary>
public static class TransactionNumber
{
    /// <summary>Could be a number at all; anything else is simply not found.</summary>
    public static bool IsSane(string number) =>
        number.Length is > 0 and <= Transaction.NumberMaxLength && !PlainText.HasForbidden(number);
}
