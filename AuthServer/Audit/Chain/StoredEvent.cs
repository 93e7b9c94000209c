namespace AuthServer.Audit.Chain;

/// <summary>An event as it is read back to be verified. One instance serves all rows, one after the other.</summary>
public sealed class StoredEvent
{
    /// <summary>UTF-8.</summary>
    public Octets Id { get; } = new();

    /// <summary>The time in its id, since 1970; null: it is no such id.</summary>
    public long? IdMilliseconds { get; set; }

    /// <summary>UTF-8.</summary>
    public Octets Writer { get; } = new();

    public long Sequence { get; set; }

    /// <summary>UTC.</summary>
    public DateTime At { get; set; }

    public bool IsStub { get; set; }

    /// <summary>UTF-8.</summary>
    public Octets Subject { get; } = new();

    /// <summary>Whether it tells that the subject's account was removed.</summary>
    public bool IsRemoval { get; set; }

    /// <summary>The columns of <see cref="EventDigest.Columns"/>.</summary>
    public LengthPrefixed Content { get; } = new();

    /// <summary>Whether any of them has a value that a stub has not.</summary>
    public bool HasContent { get; set; }

    /// <summary>The columns of <see cref="EventDigest.PersonalColumns"/>, with the salt before them.</summary>
    public LengthPrefixed Personal { get; } = new();

    public bool HasPersonal { get; set; }

    public Octets Salt { get; } = new();

    public Octets Commitment { get; } = new();

    public Octets Digest { get; } = new();

    public Octets Hash { get; } = new();

    /// <summary>Whether its personal values were erased.</summary>
    public bool IsErased => !Commitment.IsNull && Salt.IsNull;

    public void Clear()
    {
        (HasContent, HasPersonal) = (false, false);
        Content.Clear();
        Personal.Clear();
    }
}
