namespace AuthServer.Scopes;

/// <summary>When people take one scope's name for another's: <c>email:read</c>, <c>email.read</c>, <c>Email_Read</c>. Only letters and digits count, in any case.
/// An organization cannot define a scope that is like one of this server's or one of its own, or its harmless words would stand where harm is meant.</summary>
public static class ScopeLikeness
{
    public static string Of(string name) => string.Create(name.Count(char.IsAsciiLetterOrDigit), name, static (likeness, name) =>
    {
        var length = 0;
        foreach (var c in name.Where(char.IsAsciiLetterOrDigit))
        {
            likeness[length++] = char.ToLowerInvariant(c);
        }
    });
}
