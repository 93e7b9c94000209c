using AuthServer.Http.Api;
using AuthServer.Outbound;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AuthServer.Vault.Proxy;

/// <summary>Streams a caller's request to the provider and the provider's answer back, however large they are.</summary>
public sealed class ProxyEndpoint(ProxyGate gate, ProxyCalls calls)
{
    // /api/v1/connected-accounts/{id}/proxy/…
    private const int Segments = 5;

    // What is this small is kept, so that it can be sent again.
    private const int LargestKept = 64 * 1024;

    public async Task<Answer<NoContent>> ByAccountAsync(HttpContext http, ActingParty caller, string accountId, CancellationToken ct) =>
        await RunAsync(http, await gate.AccountAsync(http, caller, accountId, ct), ct);

    public async Task<Answer<NoContent>> ByConnectionAsync(HttpContext http, ActingParty caller, string connectionId, CancellationToken ct) =>
        await RunAsync(http, await gate.ConnectionAsync(http, caller, connectionId, ct), ct);

    /// <summary>Whether the request's path goes on behind <c>/proxy</c>, be it with nothing but a slash.</summary>
    public static bool NamesPath(HttpContext http) => RestOf(http) is not null;

    private async Task<Answer<NoContent>> RunAsync(HttpContext http, Answer<ProxyPass> found, CancellationToken ct)
    {
        if (found.Failed(out var problem, out var pass) || ProxyPath.Read(RestOf(http) ?? "").Failed(out problem, out var path))
        {
            return problem;
        }

        if (await gate.DecideAsync(http, pass, calls.WhatOf(pass, http.Request.Method, path, OriginOf(http), TokenKindOf(http)), ct) is { } denied)
        {
            return await ToldAsync(http, denied);
        }

        using var reply = await calls.SendAsync(pass, await ReadAsync(http, path, ct), ct);
        if (reply.Problem is { } failed)
        {
            return failed.Reason is null ? await ToldAsync(http, failed) : failed;
        }

        await WriteAsync(http, reply, ct);
        return Answer.Written;
    }

    private static async Task<ProxyRequest> ReadAsync(HttpContext http, ProxyPath path, CancellationToken ct)
    {
        // Streamed, never kept: how much it may be is the provider's affair. For this request alone.
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = null;
        var request = new ProxyRequest
        {
            Method = http.Request.Method,
            Path = path,
            Origin = OriginOf(http),
            TokenKind = TokenKindOf(http),
            Headers = [.. ProxyHeaders.ToSend(http.Request.Headers)],
        };
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
        {
            return request;
        }

        if (http.Request.ContentLength is not (<= LargestKept and var length))
        {
            return request with { Stream = http.Request.Body, Length = http.Request.ContentLength };
        }

        var body = new byte[(int)length];
        await http.Request.Body.ReadExactlyAsync(body, ct);
        return request with { Body = body };
    }

    private static string? OriginOf(HttpContext http) => http.Request.Headers[ProxyHeaders.BaseUrl] is { Count: > 0 } origin ? origin.ToString() : null;

    private static string? TokenKindOf(HttpContext http) => http.Request.Headers[ProxyHeaders.TokenKind] is { Count: > 0 } kind ? kind.ToString() : null;

    private static async Task WriteAsync(HttpContext http, ProxyReply reply, CancellationToken ct)
    {
        var (response, answer) = (http.Response, reply.Answer!.Response!);
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in ProxyHeaders.ToAnswer(answer, reply.Secrets))
        {
            response.Headers[name] = values;
        }

        response.Headers[ProxyHeaders.AnsweredBy] = "provider";

        // Whatever a provider answers, no browser runs it in this server's name.
        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";
        response.Headers.CacheControl = response.Headers.CacheControl.Count == 0 ? "no-store" : response.Headers.CacheControl;
        if (HttpMethods.IsHead(http.Request.Method) || response.StatusCode is 204 or 304)
        {
            return;
        }

        response.ContentLength = answer.Content.Headers.ContentLength;
        try
        {
            await reply.CopyToAsync(response.Body, ct);
        }
        catch (Exception e) when (PinnedConnections.FailureOf(e, ct) is not null)
        {
            // Half an answer must not pass for a whole one.
            http.Abort();
        }
    }

    /// <summary>The decision is in the trail already: what came of it is no event of its own.</summary>
    private static async Task<Answer<NoContent>> ToldAsync(HttpContext http, Problem problem)
    {
        await Answer.WriteProblemAsync(http, problem);
        return Answer.Written;
    }

    /// <summary>As it was written: routing has decoded it.</summary>
    private static string? RestOf(HttpContext http) => ProxyPath.After(http.Features.Get<IHttpRequestFeature>()!.RawTarget, Segments);
}
