namespace MdcTts.Features.Catalogue;

/// <summary>
/// What a status is for the code (دلالة الحالة). An admin chooses its key and its names; code asks for this only.
/// </summary>
public enum Meaning
{
    /// <summary>Not submitted: only staff see it.</summary>
    Draft,

    /// <summary>Somebody works on it.</summary>
    Open,

    /// <summary>It rests until somebody else has acted, such as a client who is to pay.</summary>
    Waiting,

    /// <summary>It has ended as it should.</summary>
    Done,

    /// <summary>It has ended without a result.</summary>
    Dropped,
}

/// <summary>What a move does, where that is more than to change the status.</summary>
public enum MoveMeaning
{
    Submit,
    Approve,
    Pay,
}
