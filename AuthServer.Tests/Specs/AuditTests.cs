using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>What the trail says about tokens: every issuance, refusal, replay and revocation, each with its reason.</summary>
[Trait("negative", "57")]
public sealed class AuditTests(TokenSide side) : IClassFixture<TokenSide>
{
    [Theory]
    [InlineData("/connect/introspect", "introspection")]
    [InlineData("/connect/revoke", "revocation")]
    public async Task A_refusal_of_an_authenticated_client_is_told_wherever_it_happens(string endpoint, string what)
    {
        using var response = await Flows.PostAsync(side.Server, endpoint, "web", Flows.Secret);
        await Flows.AssertErrorAsync(response, 400, "invalid_request");

        Assert.Contains(await side.Server.TrailAsync("token.refused"), told => told is { ClientId: "web", Reason: "invalid_request" } && told.Target == what);
    }

    [Fact]
    public async Task An_issuance_is_told_with_who_for_whom_what_from_where_and_its_id_is_the_tokens()
    {
        var tokens = await side.TokensAsync("web", ("scope", "openid things.read offline_access"), ("resource", Flows.Api));
        var claims = Flows.Claims(Text(tokens, "access_token"));

        var told = await FindAsync(Text(claims, "jti"));

        Assert.Equal((AuditEventTypes.TokenIssued, AuditOutcomes.Success), (told.Type, told.Outcome));
        Assert.Equal(("web", Text(claims, "sub"), Text(claims, "fam")), (told.ClientId, told.Subject, told.Target));
        Assert.Contains(told.Address, new[] { "127.0.0.1", "::1" });
        Assert.NotNull(told.CorrelationId);
        Assert.Equal(claims.GetProperty("iat").GetInt64(), told.At.ToUnixTimeSeconds());
        using var detail = JsonDocument.Parse(told.Detail!);
        Assert.Equal("authorization_code", Text(detail.RootElement, "grant_type"));
        Assert.Equal("openid things.read offline_access", Text(detail.RootElement, "scope"));
        Assert.Equal(Flows.Api, detail.RootElement.GetProperty("resource")[0].GetString());
    }

    [Fact]
    public async Task Each_refresh_and_each_machine_token_is_told()
    {
        var tokens = await side.TokensAsync();
        using var refreshed = await side.RefreshAsync("web", Text(tokens, "refresh_token"), ("scope", "openid"));
        var refresh = await FindAsync(Text(Flows.Claims(Text(await OkAsync(refreshed), "access_token")), "jti"));
        Assert.Contains("refresh_token", refresh.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("offline_access", refresh.Detail, StringComparison.Ordinal);

        using var machine = await Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"));
        var told = await FindAsync(Text(Flows.Claims(Text(await OkAsync(machine), "access_token")), "jti"));
        Assert.Equal(("machine", "machine"), (told.ClientId, told.Subject));
    }

    [Fact]
    public async Task A_refusal_after_authentication_is_told_with_the_reason_that_the_wire_keeps_to_itself()
    {
        var code = await side.CodeAsync();
        await RefuseAsync("code_unknown", () => side.RedeemAsync("web", "unknown"));
        await RefuseAsync("verifier_mismatch", () => side.RedeemAsync("web", code, ("code_verifier", new string('a', 43))));
        await RefuseAsync("verifier_missing", () => side.RedeemAsync("web", code, ("code_verifier", null)));
        await RefuseAsync("verifier_malformed", () => side.RedeemAsync("web", code, ("code_verifier", "short")));
        await RefuseAsync("redirect_uri_mismatch", () => side.RedeemAsync("web", code, ("redirect_uri", "https://attacker.example")));
        await RefuseAsync("code_of_another_client", () => side.RedeemAsync("other", code), "other");
        await RefuseAsync("invalid_target", () => side.RedeemAsync("web", code, ("resource", Flows.Api)));
        await RefuseAsync("refresh_token_unknown", () => side.RefreshAsync("web", "unknown"));
        await RefuseAsync("invalid_scope", () => Flows.TokenAsync(side.Server, "machine", Flows.Secret, ("grant_type", "client_credentials"), ("scope", "openid")), "machine");
        await RefuseAsync("unauthorized_client", () => Flows.TokenAsync(side.Server, "web", Flows.Secret, ("grant_type", "client_credentials")));
        await RefuseAsync("unsupported_grant_type", () => Flows.TokenAsync(side.Server, "web", Flows.Secret, ("grant_type", "password")));

        var tokens = await side.TokensAsync();
        await RefuseAsync("refresh_token_of_another_client", () => side.RefreshAsync("other", Text(tokens, "refresh_token")), "other");
        using var revoked = await Flows.PostAsync(side.Server, "/connect/revoke", "web", Flows.Secret, ("token", Text(tokens, "refresh_token")));
        await RefuseAsync("refresh_token_revoked", () => side.RefreshAsync("web", Text(tokens, "refresh_token")));

        side.Server.Clock.Advance(TimeSpan.FromSeconds(60));
        await RefuseAsync("code_expired", () => side.RedeemAsync("web", code));
    }

    [Fact]
    public async Task A_replayed_code_is_told_as_a_replay_with_its_family()
    {
        var code = await side.CodeAsync();
        using var first = await side.RedeemAsync("web", code);
        var claims = Flows.Claims(Text(await OkAsync(first), "access_token"));

        await RefuseAsync("code_replayed", () => side.RedeemAsync("web", code));

        var told = Assert.Single(await side.Server.TrailAsync(AuditEventTypes.TokenReplayed), row => row.Target == Text(claims, "fam"));
        Assert.Equal(("code_replayed", "web", Text(claims, "sub")), (told.Reason, told.ClientId, told.Subject));
    }

    [Fact]
    public async Task Refusals_before_authentication_are_counted_by_kind_address_and_minute_and_not_stored_singly()
    {
        await side.Server.Services.GetRequiredService<Refusals>().FlushAsync(CancellationToken.None);
        var (rows, counted) = (await EventsAsync(), await CountsAsync());

        for (var i = 0; i < 7; i++)
        {
            using var noClient = await side.SendAsync(HttpMethod.Post, "/connect/token", Form(("grant_type", "client_credentials")));
            using var unknown = await Flows.TokenAsync(side.Server, "nobody", null, ("grant_type", "refresh_token"));
            using var notAForm = await side.SendAsync(HttpMethod.Post, "/connect/introspect", Body([], "text/plain"));
            using var guess = await Flows.TokenAsync(side.Server, "spa", null, ("grant_type", "refresh_token"), ("refresh_token", "guess"));
        }

        using var wrongSecret = await Flows.TokenAsync(side.Server, "machine", "wrong", ("grant_type", "client_credentials"));
        await side.Server.Services.GetRequiredService<Refusals>().FlushAsync(CancellationToken.None);

        Assert.Equal(rows, await EventsAsync());
        var after = await CountsAsync();
        Assert.Equal(7, Count(after, "no_client") - Count(counted, "no_client"));
        Assert.Equal(7, Count(after, "client_must_authenticate") - Count(counted, "client_must_authenticate"));
        Assert.Equal(7, Count(after, "content_type") - Count(counted, "content_type"));
        Assert.Equal(7, Count(after, "refresh_token_unknown") - Count(counted, "refresh_token_unknown"));
        Assert.Equal(1, Count(after, "secret") - Count(counted, "secret"));
    }

    [Fact]
    public async Task A_strange_grant_type_reaches_the_trail_as_text_and_no_further_than_its_column()
    {
        const string strange = "x\r\n2026-01-01 forged line'; DROP TABLE \"AuditEvents\"; --";
        await RefuseAsync("unsupported_grant_type", () => Flows.TokenAsync(side.Server, "web", Flows.Secret, ("grant_type", strange)));
        Assert.Contains(await side.Server.TrailAsync(AuditEventTypes.TokenRefused), row => row.Target == strange);

        await RefuseAsync("unsupported_grant_type", () => Flows.TokenAsync(side.Server, "web", Flows.Secret, ("grant_type", new string('x', 10_000))));
        Assert.Contains(await side.Server.TrailAsync(AuditEventTypes.TokenRefused), row => row.Reason == "unsupported_grant_type" && row.Target is null);
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains("forged line", StringComparison.Ordinal));
    }

    private static int Count(Dictionary<string, int> counts, string kind) => counts.GetValueOrDefault(kind);

    private async Task RefuseAsync(string reason, Func<Task<HttpResponseMessage>> request, string clientId = "web")
    {
        var before = await side.Server.TrailAsync(AuditEventTypes.TokenRefused);
        using var response = await request();
        Assert.Equal(400, (int)response.StatusCode);

        var told = Assert.Single((await side.Server.TrailAsync(AuditEventTypes.TokenRefused)).ExceptBy(before.Select(row => row.Id), row => row.Id));
        Assert.Equal((reason, clientId, AuditOutcomes.Denied), (told.Reason, told.ClientId, told.Outcome));

        // Where the reason says more than the error code does, the caller does not see it.
        var body = await TestServer.JsonAsync(response);
        Assert.DoesNotContain(reason, Text(body, "error_description"), StringComparison.Ordinal);
    }

    private Task<AuditEventRow> FindAsync(string id) => side.Server.QueryAsync(context => context.AuditEvents.SingleAsync(row => row.Id == id));

    private Task<int> EventsAsync() => side.Server.QueryAsync(context => context.AuditEvents.CountAsync());

    private Task<Dictionary<string, int>> CountsAsync() => side.Server.QueryAsync(context =>
        context.RefusalCounts.GroupBy(row => row.Kind).ToDictionaryAsync(group => group.Key, group => group.Sum(row => row.Count)));
}
