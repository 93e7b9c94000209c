using AuthServer.Outbound;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Usage;

namespace AuthServer.Vault.Proxy;

/// <summary>Makes a call: with the credential, again where that is safe and the connection's policy says so, to where a redirect leads as long as that is the API's own host, and
/// once more with a new token where the old one is not accepted.</summary>
public sealed class ProxyCalls(OutboundStreams streams, ProxyCredentials credentials, UsageBook usage, TimeProvider clock)
{
    private const int MostRedirects = 5;
    private const int ReadAhead = 64 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    // Longer waits are the caller's own affair: they are told how long.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>How policies name a call: by its method and its path behind the base. Another of the API's hosts stands between them, behind two slashes: no path begins so.</summary>
    public CalledResource WhatOf(ProxyPass pass, string method, ProxyPath path, string? origin, string? tokenKind)
    {
        var before = credentials.HostOf(pass, origin) is { } host ? $"{method}//{host}/" : $"{method}/";
        return new CalledResource(before + path.Decoded, path.Careless is { } careless ? before + careless : null, tokenKind);
    }

    /// <summary>The provider's answer, its body still to come; or why there is none.</summary>
    public async Task<ProxyReply> SendAsync(ProxyPass pass, ProxyRequest request, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var call = new ProxyCall(pass, request);
        try
        {
            var reply = await SendAsync(call, ct);
            Count(call, reply, clock.GetElapsedTime(began));
            return reply;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            var late = new ProxyReply(ProxyReply.TooLate);
            Count(call, late, clock.GetElapsedTime(began));
            return late;
        }
    }

    private async Task<ProxyReply> SendAsync(ProxyCall call, CancellationToken ct)
    {
        if ((await credentials.OpenAsync(call.Pass, call.Request.TokenKind, ct)).Failed(out var problem, out var opened)
            || opened.Target.At(call.Request.Path, call.Request.Origin).Failed(out problem, out var address))
        {
            // What stands in the way is told where it begins and ends; not each call that it stops.
            return new ProxyReply(problem.Status >= 424 ? problem with { Reason = null } : problem);
        }

        while (true)
        {
            var answer = await FollowAsync(call, opened, address, ct);
            var look = await LookAsync(call, answer);
            call.Quota = look.Quota ?? call.Quota;
            if (look.IsUnauthorized && await RenewedAsync(call, opened, answer, ct) is { } renewed)
            {
                answer.Dispose();
                opened = renewed;
            }
            else if (PauseBefore(call, answer, look) is { } pause)
            {
                answer.Dispose();
                await Task.Delay(pause, clock, ct);
            }
            else
            {
                call.IsRateLimited |= look.IsRateLimited;
                return answer.Response is not null ? new ProxyReply(answer, look.Start, look.IsWhole, opened.Credential.Secrets) : Refused(answer);
            }
        }
    }

    /// <summary>Sends it, and again to where a redirect of a read leads within the API. Another host of the API's gets no credential: it was not asked for there.</summary>
    private async Task<StreamedAnswer> FollowAsync(ProxyCall call, OpenedCredential opened, Uri address, CancellationToken ct)
    {
        var (origin, at) = (address, address);
        for (var redirects = 0; ; redirects++)
        {
            // Each attempt has its own: neither a wait for new tokens nor a pause before it is the provider's silence.
            var patience = streams.Begin(TimeSpan.FromSeconds(call.Pass.Settings.Timeout), ct);
            call.IsWithCredential = ProxyTarget.IsSameOrigin(at, origin);
            using var message = opened.Write(call.Request, at, patience, call.IsWithCredential);
            var answer = await streams.OpenAsync(message, patience, ct);
            if (redirects == MostRedirects || !call.Request.IsRead || answer.Response is not { } response || !IsRedirect(response) || response.Headers.Location is not { } location
                || !Uri.TryCreate(at, location, out var next) || next.UserInfo.Length > 0 || !opened.Target.Allows(next))
            {
                return answer;
            }

            answer.Dispose();
            at = next.Fragment.Length == 0 ? next : new Uri(next.GetLeftPart(UriPartial.Query));
        }
    }

    /// <summary>What the answer says of the credential and of the pace. Only where that stands in its body, the body's beginning is read.</summary>
    private async Task<Look> LookAsync(ProxyCall call, StreamedAnswer answer)
    {
        if (answer.Response is not { } response)
        {
            return new Look(default, true, false, false, null);
        }

        var api = call.Pass.Provider.Api;
        var (start, isWhole, json) = (default(ReadOnlyMemory<byte>), false, default(System.Text.Json.JsonElement?));
        if (ProxyReply.IsJson(response) && (api.Unauthorized.Concat(api.RateLimit.Rules).Any(rule => NeedsBody(rule, (int)response.StatusCode)) || PaceRead.NeedsBody(api.RateLimit, (int)response.StatusCode)))
        {
            (start, isWhole) = await answer.ReadAheadAsync(ReadAhead);
            json = isWhole ? ProxyReply.Parse(start) : null;
        }

        string? Header(string name) =>
            response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

        var isLimited = AnswerRule.AnyFits(api.RateLimit.Rules, (int)response.StatusCode, Header, json);
        return new Look(start, isWhole, AnswerRule.AnyFits(api.Unauthorized, (int)response.StatusCode, Header, json), isLimited, Quota.Read(api.RateLimit, Header, clock.GetUtcNow()))
        {
            Wait = isLimited ? PaceRead.WaitOf(api.RateLimit, Header, json, clock.GetUtcNow()) : answer.RetryAfter,
        };
    }

    private static bool NeedsBody(AnswerRule rule, int status) =>
        rule.Present.Count + rule.Absent.Count + rule.Values.Count > 0 && (rule.Statuses.Count == 0 ? status is >= 200 and < 300 : rule.Statuses.Contains(status));

    /// <summary>A credential in the place of one that was refused, where the call can be made again; null: there is none.</summary>
    private async Task<OpenedCredential?> RenewedAsync(ProxyCall call, OpenedCredential opened, StreamedAnswer answer, CancellationToken ct)
    {
        // Where a redirect led without the credential, its refusal says nothing of it.
        if (call.IsRenewed || call.Pass.Account is null || !call.IsWithCredential)
        {
            return null;
        }

        // Even where this call cannot be made again, the next one shall not fail.
        call.IsRenewed = true;
        try
        {
            return await credentials.RenewAsync(call.Pass, opened, call.Request.TokenKind, ct) is { } renewed && call.Request.IsReplayable ? renewed : null;
        }
        catch
        {
            // The caller is gone, and nobody reads the answer any more: the provider need not go on with it.
            answer.Dispose();
            throw;
        }
    }

    /// <summary>How long to wait before the call is made again; null: it is not.</summary>
    private static TimeSpan? PauseBefore(ProxyCall call, StreamedAnswer answer, Look look)
    {
        var passes = answer.Response is null ? answer.Failure is "unreachable" or "timeout" or "dns" : look.IsRateLimited || (int)answer.Response.StatusCode is 502 or 503 or 504;

        // What was never sent can be sent whatever it is.
        if (!passes || call.Repeats >= call.Pass.Settings.Retries || !call.Request.IsReplayable || (!call.Request.IsIdempotent && (answer.WasSent || look.IsRateLimited)))
        {
            return null;
        }

        var pause = FirstPause * Math.Pow(2, call.Repeats) * (0.5 + (Random.Shared.NextDouble() / 2));
        call.IsRateLimited |= look.IsRateLimited;
        if (look.Wait > LongestPause)
        {
            return null;
        }

        call.Repeats++;
        return look.Wait > pause ? look.Wait : pause;
    }

    private static ProxyReply Refused(StreamedAnswer answer)
    {
        answer.Dispose();
        return new ProxyReply(ProxyReply.ProblemOf(answer.Failure!));
    }

    private static bool IsRedirect(HttpResponseMessage response) => (int)response.StatusCode is 301 or 302 or 303 or 307 or 308;

    private void Count(ProxyCall call, ProxyReply reply, TimeSpan took) => usage.CountCall(call.Pass.Connection, call.Pass.Account, call.Pass.Caller.Agent?.Id, new CallOutcome
    {
        Status = reply.Answer?.Response is { } response ? (int)response.StatusCode : null,
        Code = reply.Problem?.Code,
        Took = took,
        IsRateLimited = call.IsRateLimited,
        Quota = call.Quota,
    });

    private sealed record Look(ReadOnlyMemory<byte> Start, bool IsWhole, bool IsUnauthorized, bool IsRateLimited, Quota? Quota)
    {
        /// <summary>How long the provider asks to wait; null: it does not.</summary>
        public TimeSpan? Wait { get; init; }
    }
}

/// <summary>One call on its way.</summary>
internal sealed class ProxyCall(ProxyPass pass, ProxyRequest request)
{
    public ProxyPass Pass => pass;

    public ProxyRequest Request => request;

    /// <summary>How often it was made again.</summary>
    public int Repeats { get; set; }

    /// <summary>Whether what was answered last had been sent with the credential.</summary>
    public bool IsWithCredential { get; set; }

    /// <summary>Whether a new token was asked for.</summary>
    public bool IsRenewed { get; set; }

    /// <summary>Whether the provider said that there were too many.</summary>
    public bool IsRateLimited { get; set; }

    /// <summary>What the provider said last of how many calls are left; null: nothing.</summary>
    public Quota? Quota { get; set; }
}
