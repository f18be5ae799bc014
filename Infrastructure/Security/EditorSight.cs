namespace MdcTts.Infrastructure.Security;

/// <summary>What editors see of the firm's transactions; they change only what is their own in any case.</summary>
public enum EditorSight
{
    /// <summary>What they created or are assigned to.</summary>
    Own,

    /// <summary>Also what is nobody's, so that they can take it.</summary>
    OwnAndUnassigned,

    /// <summary>Also what belongs to their department.</summary>
    Department,

    /// <summary>Everything.</summary>
    All,
}
