using System.Globalization;
using System.Reflection;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Http.Api;

/// <summary>Which part of a list is asked for: <c>limit</c> (1 to 200, else 50) and <c>offset</c>, or a <c>cursor</c>.</summary>
public sealed record Paging(int Limit, int Offset, string? Cursor, Problem? Refusal) : IRefusable, IEndpointParameterMetadataProvider
{
    private const int Default = 50;
    private const int Most = 200;
    private const int LongestCursor = 200;

    /// <summary>A cursor that no page before gave.</summary>
    public static Problem BadCursor { get; } = Problem.Invalid("cursor", "Give the nextCursor of a page before.");

    public static ValueTask<Paging> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var query = http.Request.Query;
        var (limit, offset) = (Default, 0);
        var refusal =
            query.TryGetValue("limit", out var asked) && !(TryCount(asked, out limit) && limit is >= 1 and <= Most)
                ? Problem.Invalid("limit", $"Give a number from 1 to {Most}.")
            : query.TryGetValue("offset", out asked) && !TryCount(asked, out offset) ? Problem.Invalid("offset", "Give a number, 0 or more.")
            : query.TryGetValue("cursor", out asked) && asked.ToString() is { Length: 0 or > LongestCursor } ? BadCursor
            : null;
        return ValueTask.FromResult(new Paging(limit, offset, query.TryGetValue("cursor", out asked) ? asked.ToString() : null, refusal));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "limit", $"How many at most: 1 to {Most}, else {Default}.", JsonSchemaType.Integer));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "offset", "How many to leave out at the beginning.", JsonSchemaType.Integer));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "cursor", "The nextCursor of the part before, where a list gives one."));
    }

    private static bool TryCount(string? text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}

/// <summary>One part of a list.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, PageMeta Meta);

/// <param name="Total">How many there are in all; null where counting would cost too much.</param>
/// <param name="NextCursor">Asks for the next part; null: this is the last.</param>
public sealed record PageMeta(long? Total, int Limit, int? Offset = null, string? NextCursor = null);
