using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Proxy;

/// <summary>Several calls in one request, made one after another: each is decided and answered by itself.</summary>
public sealed class ProxyBatch(ProxyGate gate, ProxyCalls calls)
{
    public const int Most = 20;

    // Of one answer; larger ones are fetched by a call of their own.
    private const int LargestAnswer = 256 * 1024;

    private const string MethodRule = "Use GET, HEAD, POST, PUT, PATCH or DELETE.";

    private static readonly KeyValuePair<string, string[]>[] ContentType = [KeyValuePair.Create("Content-Type", new[] { "application/json" })];

    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

    private static readonly Problem TooLarge = new(
        StatusCodes.Status502BadGateway, "answer_too_large", $"The answer is larger than {LargestAnswer / 1024} KiB: make this call by itself.");

    public async Task<Answer<BatchAnswer>> RunAsync(HttpContext http, ActingParty caller, string accountId, BatchBody body, CancellationToken ct)
    {
        if (Check(body, out var requests) is { } invalid)
        {
            return invalid;
        }

        if ((await gate.AccountAsync(http, caller, accountId, ct)).Failed(out var problem, out var pass))
        {
            return problem;
        }

        var answers = new List<CallAnswer>();
        foreach (var request in requests)
        {
            answers.Add(await RunAsync(http, pass, request, ct));
        }

        return new BatchAnswer(answers);
    }

    /// <summary>One call: decided, made, and its answer read.</summary>
    internal async Task<CallAnswer> RunAsync(HttpContext http, ProxyPass pass, ProxyRequest request, CancellationToken ct)
    {
        if (await gate.DecideAsync(http, pass, calls.WhatOf(pass, request.Method, request.Path, request.Origin, request.TokenKind), ct) is { } denied)
        {
            return CallAnswer.Of(denied);
        }

        using var reply = await calls.SendAsync(pass, request, ct);
        if (reply.Problem is { } failed)
        {
            return CallAnswer.Of(failed);
        }

        var response = reply.Answer!.Response!;
        if (await reply.ReadAsync(LargestAnswer, ct) is not { } content)
        {
            return CallAnswer.Of(TooLarge);
        }

        var json = ProxyReply.IsJson(response) ? ProxyReply.Parse(content) : null;
        return new CallAnswer
        {
            Status = (int)response.StatusCode,
            AnsweredBy = "provider",
            Headers = ProxyHeaders.ToAnswer(response, reply.Secrets).ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(", ", header.Value), StringComparer.Ordinal),
            Body = json,
            Text = json is null && content.Length > 0 ? System.Text.Encoding.UTF8.GetString(content.Span) : null,
        };
    }

    private static Problem? Check(BatchBody body, out List<ProxyRequest> requests)
    {
        var (faults, read) = (new Faults(), new List<ProxyRequest>());
        var calls = body.Calls ?? [];
        faults.Add("calls", calls.Count is > 0 and <= Most ? null : $"Give 1 to {Most} calls.");
        foreach (var (i, call) in calls.Index().Take(Most))
        {
            if (call is null)
            {
                faults.Add($"calls[{i}]", "Give a call.");
                continue;
            }

            faults.Add($"calls[{i}].method", Methods.Contains(call.Method) ? null : MethodRule);
            var refused = (call.Headers ?? []).Keys.FirstOrDefault(name => !IsHeader(name, call.Headers![name]));
            faults.Add($"calls[{i}].headers", refused is null ? null : "A header is no name, holds no text, or is not passed on.");
            if (ProxyPath.Read((call.Path ?? "").TrimStart('/')).Failed(out var problem, out var path))
            {
                faults.Add($"calls[{i}].path", problem.Detail);
                continue;
            }

            read.Add(RequestOf(call, path));
        }

        requests = read;
        return faults.Problem;
    }

    private static bool IsHeader(string name, string? value) =>
        name.Length is > 0 and <= 100 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && ProxyHeaders.IsSent(name) && value is { Length: <= 4000 } && value.All(c => c is >= ' ' and <= '~');

    private static ProxyRequest RequestOf(BatchCall call, ProxyPath path) => new()
    {
        Method = call.Method!,
        Path = path,
        Origin = call.BaseUrl,
        TokenKind = call.TokenKind,
        Headers =
        [
            .. (call.Headers ?? []).Select(header => KeyValuePair.Create(header.Key, new[] { header.Value! })),
            .. call.Body is not null && !(call.Headers ?? []).Keys.Contains("Content-Type", StringComparer.OrdinalIgnoreCase) ? ContentType : [],
        ],
        Body = call.Body is { } json ? JsonSerializer.SerializeToUtf8Bytes(json) : null,
    };
}

/// <summary>The body of <c>POST …/proxy</c>.</summary>
[SnakeCase]
public sealed record BatchBody
{
    public IReadOnlyList<BatchCall>? Calls { get; init; }
}

[SnakeCase]
public sealed record BatchCall
{
    public string? Method { get; init; }

    /// <summary>With its query, below the connection's base address.</summary>
    public string? Path { get; init; }

    /// <summary>Another of the API's hosts.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>Which of an account's two tokens, such as Slack's <c>user</c>; without it, the first.</summary>
    public string? TokenKind { get; init; }

    public Dictionary<string, string?>? Headers { get; init; }

    /// <summary>Sent as JSON.</summary>
    public JsonElement? Body { get; init; }
}

/// <param name="Answers">In the order of the calls.</param>
[SnakeCase]
public sealed record BatchAnswer(IReadOnlyList<CallAnswer> Answers);

/// <summary>The provider's answer, or why there is none.</summary>
[SnakeCase]
public sealed record CallAnswer
{
    public int Status { get; init; }

    /// <summary><c>provider</c>, or <c>vault</c> for what this server answered itself.</summary>
    public string AnsweredBy { get; init; } = "vault";

    /// <summary>Why this server made no call of it; null: it did.</summary>
    public string? Code { get; init; }

    public string? Detail { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Where it is JSON.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>Where it is not.</summary>
    public string? Text { get; init; }

    /// <summary>Seconds after which it makes sense to come again; null: nobody knows.</summary>
    public int? RetryAfter => Refusal?.RetryAfter is { } wait ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : null;

    /// <summary>What a person has to answer before the call can be made, and where they do; null: nothing.</summary>
    public string? ApprovalId => Refusal?.Approval?.Id;

    /// <inheritdoc cref="ApprovalId"/>
    public string? ApprovalUrl => Refusal?.Approval?.Url;

    /// <summary>Until when that question, or its answer, stands.</summary>
    public DateTimeOffset? ExpiresAt => Refusal?.Approval?.ExpiresAt;

    /// <summary>Why this server made no call of it, with all that is known of that.</summary>
    [JsonIgnore]
    public Problem? Refusal { get; init; }

    public static CallAnswer Of(Problem problem) => new() { Status = problem.Status, Code = problem.Code, Detail = problem.Detail, Refusal = problem };
}
