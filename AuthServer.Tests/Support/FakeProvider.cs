using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuthServer.Tests.Support;

/// <summary>Somebody's OAuth provider and API on loopback, as awkward as <see cref="Rules"/> and the faults that a test queues make it. It counts every redemption.</summary>
public sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "fake-client";
    public const string ClientSecret = "fake secret: with %+ in it";
    public const string ApiKey = "fk_live_0123456789abcdef";

    private readonly ConcurrentQueue<FakeFault> _tokenFaults = new();
    private readonly ConcurrentQueue<FakeFault> _identityFaults = new();
    private readonly ConcurrentQueue<FakeFault> _revocationFaults = new();
    private readonly FakeProviderApi _api;
    private readonly WebApplication _app;

    private FakeProvider(WebApplication app)
    {
        _app = app;
        Grants = new FakeProviderGrants(this);
        _api = new FakeProviderApi(this);
    }

    public int Port { get; private set; }

    /// <summary>As <c>AllowedPrivateHosts</c> names it.</summary>
    public string Name => $"localhost:{Port}";

    /// <summary>Its clock need not be the server's.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public FakeProviderRules Rules { get; set; } = new();

    /// <summary>Who is signed in there, and grants what is asked.</summary>
    public FakePerson Person { get; set; } = new("p-1", "pat@example.com", "Pat Example");

    public FakeProviderGrants Grants { get; }

    /// <summary>What came to the API, in order.</summary>
    public ConcurrentQueue<FakeCall> Calls => _api.Calls;

    /// <summary>What came to the authorize endpoint, in order.</summary>
    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Authorizations { get; } = new();

    public Uri AuthorizeUrl => At("/authorize");

    public Uri TokenUrl => At("/token");

    public Uri IdentityUrl => At("/userinfo");

    public Uri RevocationUrl => At("/revoke");

    public Uri ApiUrl => At("/api");

    public static async Task<FakeProvider> StartAsync(FakeProviderRules? rules = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        var provider = new FakeProvider(builder.Build()) { Rules = rules ?? new FakeProviderRules() };
        provider._app.Run(provider.AnswerAsync);
        await provider._app.StartAsync();
        provider.Port = new Uri(provider._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return provider;
    }

    public Uri At(string path) => new($"http://{Name}{path}");

    /// <summary>The next calls of the token endpoint, each once, in order.</summary>
    public void OnToken(params FakeFault[] faults) => Array.ForEach(faults, _tokenFaults.Enqueue);

    /// <summary>Whatever was still to go wrong there does not.</summary>
    public void Calm() => _tokenFaults.Clear();

    public void OnIdentity(params FakeFault[] faults) => Array.ForEach(faults, _identityFaults.Enqueue);

    public void OnRevocation(params FakeFault[] faults) => Array.ForEach(faults, _revocationFaults.Enqueue);

    /// <summary>The next calls of the API that hold a good credential, each once, in order.</summary>
    public void OnApi(params FakeFault[] faults) => _api.Enqueue(faults);

    /// <summary>What a path below <c>/api</c> answers from now on, to calls that hold a good credential.</summary>
    public void Serve(string path, Func<HttpContext, Task> answer) => _api.Serve(path, answer);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/authorize" => AuthorizeAsync(http),
        "/token" => Faulty(_tokenFaults, http, () => FakeProviderToken.AnswerAsync(this, http)),
        "/userinfo" => Faulty(_identityFaults, http, () => IdentifyAsync(http)),
        "/revoke" => Faulty(_revocationFaults, http, () => RevokeAsync(http)),
        _ => _api.AnswerAsync(http),
    };

    internal static Task Faulty(ConcurrentQueue<FakeFault> faults, HttpContext http, Func<Task> proceed) =>
        faults.TryDequeue(out var fault) ? fault(http, proceed) : proceed();

    /// <summary>Sends the browser back at once: who is signed in there agrees, or does not.</summary>
    private Task AuthorizeAsync(HttpContext http)
    {
        var asked = http.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        Authorizations.Enqueue(asked);
        var back = asked["redirect_uri"];
        var answer = Rules.AuthorizeError is { } error
            ? new Dictionary<string, string?> { ["error"] = error, ["error_description"] = "As the test says." }
            : new Dictionary<string, string?> { ["code"] = Grants.Authorize(Person, asked) };
        answer["state"] = asked.GetValueOrDefault("state");
        http.Response.Redirect(back + (back.Contains('?', StringComparison.Ordinal) ? "&" : "?") + QueryString.Create(answer).ToString()[1..]);
        return Task.CompletedTask;
    }

    private Task IdentifyAsync(HttpContext http)
    {
        if (Grants.FindAccess(FakeProviderApi.BearerOf(http)) is not { } grant)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }

        return http.Response.WriteAsJsonAsync(new { sub = grant.Person.Id, email = grant.Person.Email, name = grant.Person.Name });
    }

    private async Task RevokeAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        Grants.Revoke(form["token"].ToString());
    }
}

/// <summary>Somebody with an account there.</summary>
public sealed record FakePerson(string Id, string Email, string Name);
