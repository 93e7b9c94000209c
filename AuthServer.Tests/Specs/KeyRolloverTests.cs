using System.Net;
using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>Keys change while the server runs, as <c>keys rotate</c> and <c>keys revoke</c> change them.</summary>
[Trait("negative", "43")]
public sealed class KeyRolloverTests : IAsyncLifetime
{
    private readonly TokenSide _side = new();

    private IServiceProvider Services => _side.Server.Services;

    private SigningKeys Keys => Services.GetRequiredService<SigningKeys>();

    public Task InitializeAsync() => _side.InitializeAsync();

    public Task DisposeAsync() => _side.DisposeAsync();

    [Fact]
    public async Task A_new_key_is_published_before_it_signs_and_the_old_one_verifies_what_it_signed()
    {
        var before = await _side.TokensAsync();
        var (oldKey, nextKeys) = (KeyId(before, "access_token"), await PublishedAsync());
        Assert.Contains(oldKey, nextKeys);
        _side.Server.Clock.Advance(TimeSpan.FromHours(1));
        var young = await _side.TokensAsync();

        await RotateAsync();

        var after = await _side.TokensAsync();
        var newKey = KeyId(after, "access_token");
        Assert.NotEqual(oldKey, newKey);
        Assert.Contains(newKey, nextKeys);
        Assert.Contains(KeyId(after, "id_token"), nextKeys);
        Assert.NotEqual(KeyId(before, "id_token"), KeyId(after, "id_token"));
        Assert.Contains(oldKey, await PublishedAsync());
        Assert.True(await _side.IsActiveAsync(Text(young, "access_token")));
        using var userInfo = await _side.UserInfoAsync(Text(young, "access_token"));
        Assert.Equal(HttpStatusCode.OK, userInfo.StatusCode);
    }

    [Fact]
    public async Task A_rotation_that_comes_too_early_waits_until_the_next_key_was_published_for_an_hour()
    {
        var before = KeyId(await _side.TokensAsync(), "access_token");

        await RotateAsync();
        Assert.Equal(before, KeyId(await _side.TokensAsync(), "access_token"));

        _side.Server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.NotEqual(before, KeyId(await _side.TokensAsync(), "access_token"));
    }

    [Fact]
    public async Task A_retired_key_leaves_the_key_set_when_its_last_token_has_expired()
    {
        var old = KeyId(await _side.TokensAsync(), "access_token");
        _side.Server.Clock.Advance(TimeSpan.FromHours(1));
        await RotateAsync();

        _side.Server.Clock.Advance(TimeSpan.FromDays(1) + KeyPeriods.Settling);
        await ReloadAsync();

        Assert.DoesNotContain(old, await PublishedAsync());
    }

    [Fact]
    public async Task What_a_revoked_key_signed_dies_and_the_server_goes_on_with_another()
    {
        var tokens = await _side.TokensAsync();
        var key = KeyId(tokens, "access_token");

        var output = new StringWriter();
        Assert.Null(await Work().RevokeAsync(key, output, CancellationToken.None));
        await ReloadAsync();

        Assert.DoesNotContain(key, await PublishedAsync());
        Assert.False(await _side.IsActiveAsync(Text(tokens, "access_token")));
        using var userInfo = await _side.UserInfoAsync(Text(tokens, "access_token"));
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        using var refreshed = await _side.RefreshAsync("web", Text(tokens, "refresh_token"));
        var after = await OkAsync(refreshed);
        Assert.NotEqual(key, KeyId(after, "access_token"));
        Assert.True(await _side.IsActiveAsync(Text(after, "access_token")));
    }

    [Fact]
    public async Task A_running_server_follows_a_command_by_itself_within_ten_seconds()
    {
        _side.Server.Clock.Advance(TimeSpan.FromHours(1));
        var before = Keys.Current(JwsAlgorithm.ES256).KeyId;
        Assert.Null(await Work().RotateAsync(null, TextWriter.Null, CancellationToken.None));

        // The timer fires here; its reading of the database ends when it ends.
        var published = await Waiting.UntilAsync(() => Keys.Current(JwsAlgorithm.ES256).KeyId, key => key != before, () => _side.Server.Clock.Advance(KeyRing.ReloadEvery));

        Assert.Equal(published, KeyId(await _side.TokensAsync(), "access_token"));
    }

    [Fact]
    public async Task The_key_set_holds_public_keys_only()
    {
        using var response = await _side.SendAsync(HttpMethod.Get, "/.well-known/jwks");
        var keys = (await OkAsync(response)).GetProperty("keys").EnumerateArray().ToArray();

        Assert.NotEmpty(keys);
        foreach (var key in keys)
        {
            Assert.Empty(key.EnumerateObject().Select(member => member.Name).Intersect(["d", "p", "q", "dp", "dq", "qi", "oth", "k"]));
            Assert.Equal("sig", Text(key, "use"));
            Assert.NotEmpty(Text(key, "alg"));
        }

        Assert.Equal(keys.Length, keys.Select(key => Text(key, "kid")).Distinct().Count());
    }

    private KeyCommandWork Work() => ActivatorUtilities.CreateInstance<KeyCommandWork>(Services);

    private async Task RotateAsync()
    {
        Assert.Null(await Work().RotateAsync(null, TextWriter.Null, CancellationToken.None));
        await ReloadAsync();
    }

    private async Task ReloadAsync() => Assert.Empty(await Services.GetRequiredService<KeyRing>().ReloadAsync(CancellationToken.None));

    private async Task<string[]> PublishedAsync()
    {
        using var response = await _side.SendAsync(HttpMethod.Get, "/.well-known/jwks");
        return [.. (await OkAsync(response)).GetProperty("keys").EnumerateArray().Select(key => Text(key, "kid"))];
    }

    private static string KeyId(JsonElement tokens, string name)
    {
        using var header = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(Text(tokens, name).Split('.')[0]));
        return header.RootElement.GetProperty("kid").GetString()!;
    }
}
