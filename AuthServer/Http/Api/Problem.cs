using AuthServer.Languages;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http.Api;

/// <summary>An error of the REST API as a value (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">One stable word; the wire's <c>type</c> leads to its explanation.</param>
/// <param name="Said">One plain sentence for the caller's developer.</param>
/// <param name="Faults">What is wrong with which field of the request: its path, such as <c>rules[0].type</c>, and sentences.</param>
public sealed record Problem(int Status, string Code, Sentence Said, IReadOnlyDictionary<string, Sentence[]>? Faults = null)
{
    /// <summary><see cref="Said"/>, as the API writes it.</summary>
    public string Detail => Said.ToString();

    /// <summary><see cref="Faults"/>, likewise.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors => Faults is null ? null : Sentence.InEnglish(Faults);

    /// <summary>Why, in one word for the trail, where the wire says less than that.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the trail has it already, with all that was decided.</summary>
    public bool IsTold { get; init; }

    /// <summary>How long it makes no sense to come again (RFC 9110 §10.2.3); null: nobody knows.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What does not exist, and what belongs to somebody else: the caller cannot tell them apart.</summary>
    public static Problem NotFound { get; } = new(StatusCodes.Status404NotFound, "not_found", "There is no such thing, or it is not yours.");

    /// <summary>The caller's copy is older than what is stored (RFC 9110 §13.1.1).</summary>
    public static Problem Stale { get; } = new(
        StatusCodes.Status412PreconditionFailed, "stale_version", "It was changed meanwhile. Read it again, and repeat the change with its present ETag.");

    public static Problem NoJson { get; } = new(StatusCodes.Status415UnsupportedMediaType, "content_type", "Send the request as application/json.");

    public static Problem Unauthenticated(Sentence detail) => new(StatusCodes.Status401Unauthorized, "unauthenticated", detail);

    /// <summary>The token is good, but not the proof that it came with (RFC 9449 §7.1).</summary>
    public static Problem Unproven(string code, Sentence detail) => new(StatusCodes.Status401Unauthorized, code, detail);

    public static Problem Forbidden(string code, Sentence detail) => new(StatusCodes.Status403Forbidden, code, detail);

    public static Problem Conflict(string code, Sentence detail) => new(StatusCodes.Status409Conflict, code, detail);

    public static Problem Malformed(string code, Sentence detail) => new(StatusCodes.Status400BadRequest, code, detail);

    public static Problem Invalid(string field, Sentence message) => Invalid(new Dictionary<string, Sentence[]> { [field] = [message] });

    public static Problem Invalid(IReadOnlyDictionary<string, Sentence[]> faults) =>
        new(StatusCodes.Status400BadRequest, "invalid_request", "The request cannot be taken as it is: see errors.", faults);

    public static Problem Invalid(IReadOnlyDictionary<string, string[]> faults) =>
        Invalid(faults.ToDictionary(fault => fault.Key, fault => fault.Value.Select(sentence => (Sentence)sentence).ToArray(), StringComparer.Ordinal));

    /// <summary>The caller must wait; the <c>Retry-After</c> header is set by whoever counts.</summary>
    public static Problem TooMany(Sentence detail) => new(StatusCodes.Status429TooManyRequests, TooManyRequests.Code, detail);
}
