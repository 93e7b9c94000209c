using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AuthServer.Http.Api;

/// <summary>The version that a change is meant for (RFC 9110 §13.1.1). Without the header, whatever is stored is changed.</summary>
public sealed record IfMatch(IReadOnlyList<string>? Versions)
{
    public static ValueTask<IfMatch> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var header = http.Request.Headers.IfMatch;
        return ValueTask.FromResult(
            header.Count == 0 ? new IfMatch((IReadOnlyList<string>?)null)
            : EntityTagHeaderValue.TryParseStrictList(header, out var tags)
                ? tags.Contains(EntityTagHeaderValue.Any) ? new IfMatch((IReadOnlyList<string>?)null)
                    : new IfMatch([.. tags.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString().Trim('"'))])
                : new IfMatch([]));
    }

    public bool Allows(string version) => Versions is null || Versions.Contains(version);
}
