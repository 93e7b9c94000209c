namespace AuthServer.Policies.Engine;

/// <summary>The six actions that a resource can be asked for by: read, write, delete, execute, delegate, admin. A scope is of the one that its last
/// part names; whatever else it names is executed.</summary>
public static class Verbs
{
    private const string Execute = "execute";
    private const int MostParts = 4;

    private static readonly string[] Named = ["read", "write", "delete", "delegate", "admin"];

    // Scopes that are of another action than they say, beside the one that they do say.
    private static readonly (string Verb, string Scope)[] Also = [("delegate", "delegations.write"), ("admin", "admin.full")];

    public static IReadOnlyList<string> All { get; } = ["read", "write", "delete", Execute, "delegate", "admin"];

    public static bool IsOne(string? action) => All.Contains(action, StringComparer.Ordinal);

    /// <summary>Whether who uses this scope does that: <c>crm.contacts.read</c> and <c>email:read</c> read, <c>payments:charge</c> executes.</summary>
    public static bool Covers(string verb, string scope)
    {
        var last = scope[(scope.AsSpan().LastIndexOfAny('.', ':') + 1)..];
        return Also.Contains((verb, scope))
            || (verb == Execute ? !Named.Contains(last, StringComparer.Ordinal) && !Also.Any(other => other.Verb == "admin" && other.Scope == scope) : last == verb);
    }

    /// <summary>The scopes each of which gives this action on the resource, the broadest first: <c>write</c> on <c>/api/v1/credentials/7</c> is in
    /// <c>credentials.write</c>, and <c>execute</c> on <c>email:send</c> in that scope itself.</summary>
    /// <param name="resource">A path, an address, or a name with dots or colons.</param>
    public static IReadOnlyList<string> Scopes(string verb, string resource)
    {
        var parts = Parts(resource);
        var scopes = new List<string>();
        for (var length = 1; length <= Math.Min(parts.Length, MostParts); length++)
        {
            var (dots, colons) = (string.Join('.', parts[..length]), string.Join(':', parts[..length]));
            scopes.AddRange([$"{dots}.{verb}", $"{colons}:{verb}"]);
            scopes.AddRange(new[] { dots, colons }.Where(name => verb == Execute && Covers(Execute, name)));
        }

        scopes.AddRange(Also.Where(also => also.Verb == verb && (verb == "admin" || parts is ["delegations", ..])).Select(also => also.Scope));
        return [.. scopes.Distinct(StringComparer.Ordinal).Where(scope => !scope.Contains('*', StringComparison.Ordinal) && Pattern.Action(scope) is not null)];
    }

    private static string[] Parts(string resource)
    {
        const StringSplitOptions said = StringSplitOptions.RemoveEmptyEntries;
        var path = resource.StartsWith('/') ? resource : Uri.TryCreate(resource, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" ? url.AbsolutePath : null;
        if (path is null)
        {
            return resource.Split(['.', ':', '/'], said);
        }

        // Where an API begins says nothing about what is behind it: /api/v1/files is files. /api/v1 itself is api.
        var parts = path.Split('?', 2)[0].Split('/', said);
        return parts is ["api", ['v', .. var version], var first, .. var rest] && version.All(char.IsAsciiDigit) ? [first, .. rest]
            : parts is ["api", ['v', ..]] ? ["api"]
            : parts;
    }
}
