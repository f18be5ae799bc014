namespace MdcTts.Infrastructure.Web;

/// <summary>Too many already wait for the same: answered 503, to be tried again in a moment.</summary>
public sealed class BusyException() : Exception("Too many wait already.");
