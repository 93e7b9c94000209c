using AuthServer.Http.Api;

namespace AuthServer.Vault.Providers;

/// <summary>The provider's API.</summary>
[SnakeCase]
public sealed record ApiRules
{
    /// <summary>What paths of calls stand behind, without a slash at its end.</summary>
    public string BaseUrl { get; init; } = "";

    /// <summary>Other hosts that the credential may be sent to: names, or <c>*.example.com</c> for all below one.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <summary>Sent with every call. One whose placeholder has no value is left out.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = Empty.Map;

    /// <summary>What says that the credential is no good (any more), so that it is refreshed once.</summary>
    public IReadOnlyList<AnswerRule> Unauthorized { get; init; } = [new AnswerRule { Statuses = [401] }];

    public RateLimitRules RateLimit { get; init; } = new();
}

/// <summary>What says that there were too many calls, and how long to wait.</summary>
[SnakeCase]
public sealed record RateLimitRules
{
    public IReadOnlyList<AnswerRule> Rules { get; init; } = [new AnswerRule { Statuses = [429] }];

    /// <summary>The header with seconds or a date (RFC 9110 §10.2.3).</summary>
    public string RetryAfter { get; init; } = "Retry-After";

    /// <summary>The seconds, in the body.</summary>
    public string? RetryAfterPath { get; init; }

    /// <summary>The header that says how many calls there are in all.</summary>
    public string? Limit { get; init; }

    /// <summary>The header that says how many calls are left.</summary>
    public string? Remaining { get; init; }

    /// <summary>The header that says when there are more again.</summary>
    public string? Reset { get; init; }

    public ResetUnit ResetUnit { get; init; }

    /// <summary>A header that says what was used and what there is, such as <c>api-usage=18/5000</c>.</summary>
    public string? Usage { get; init; }

    /// <summary>What the headers count: the calls of each account, or of all accounts of one OAuth app together.</summary>
    public QuotaOwner Per { get; init; }

    /// <summary>How long to wait where nothing says it.</summary>
    public int? WaitSeconds { get; init; }
}

public enum QuotaOwner
{
    Account,
    App,
}

public enum ResetUnit
{
    /// <summary>From now.</summary>
    Seconds,

    /// <summary>From now.</summary>
    Milliseconds,

    /// <summary>Since 1970.</summary>
    EpochSeconds,

    /// <summary>Since 1970.</summary>
    EpochMilliseconds,
}

/// <summary>One place in a request that holds a credential, or a part of it.</summary>
[SnakeCase]
public sealed record CredentialPlace
{
    public CredentialLocation In { get; init; }

    /// <summary>The header, or the parameter of the query; for <c>basic</c>, the user.</summary>
    public string Name { get; init; } = "";

    /// <summary>What stands there, with its prefix; for <c>basic</c>, the password.</summary>
    public string Value { get; init; } = "";
}

public enum CredentialLocation
{
    Header,
    Query,

    /// <summary>RFC 7617.</summary>
    Basic,
}

/// <summary>A call of the provider that this server makes itself.</summary>
[SnakeCase]
public sealed record ProviderCall
{
    public string Method { get; init; } = "GET";

    public string Url { get; init; } = "";

    public CallAuthentication Authentication { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = Empty.Map;

    public BodyFormat Format { get; init; }

    /// <summary>The members of the body.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = Empty.Map;
}

public enum CallAuthentication
{
    /// <summary>As every call of the API, by the account's credential.</summary>
    Api,

    None,

    /// <summary>By the app's id and secret (RFC 6749 §2.3.1), in the header.</summary>
    ClientBasic,

    /// <summary>The same, among the fields.</summary>
    ClientPost,

    /// <summary>By the app's secret as a bearer token.</summary>
    ClientBearer,
}

/// <summary>A call that shows whether a credential is good. What fits none of the rules tells nothing.</summary>
[SnakeCase]
public sealed record TestRules
{
    public ProviderCall Call { get; init; } = new();

    public IReadOnlyList<AnswerRule> Accepted { get; init; } = [new AnswerRule()];

    /// <summary>Good, although it may not do this.</summary>
    public IReadOnlyList<AnswerRule> Limited { get; init; } = [];

    public IReadOnlyList<AnswerRule> Refused { get; init; } = [new AnswerRule { Statuses = [401] }];
}
