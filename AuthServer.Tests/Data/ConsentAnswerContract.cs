using AuthServer.Consents;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

public sealed class SqliteConsentAnswerTests(SqliteStore store) : ConsentAnswerContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlConsentAnswerTests(PostgreSqlStore store) : ConsentAnswerContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>A stored request is answered once, and only its answer leaves anything.</summary>
public abstract class ConsentAnswerContract(DatabaseStore store)
{
    private ConsentAnswers Answers => store.Services.GetRequiredService<ConsentAnswers>();

    [Fact]
    public async Task Of_many_answers_to_one_request_exactly_one_counts()
    {
        var request = await RequestAsync("192.0.2.50");
        var application = await ApplicationAsync();
        var won = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(() =>
            i % 2 == 0 ? GrantAsync(request, application, "usr_1") : Answers.TryDenyAsync(request, "usr_1", Now, default))));

        Assert.Equal(1, won.Count(one => one));
        var stored = await store.Requests.FindAsync(request, Now, default);
        Assert.Equal("usr_1", stored!.ConsentSubject);
        Assert.Equal(
            won.Where((_, i) => i % 2 == 0).Count(one => one),
            await store.QueryAsync(context => context.Consents.CountAsync(row => row.ApplicationId == application)));
    }

    [Fact]
    public async Task What_comes_too_late_or_for_no_request_leaves_nothing()
    {
        var application = await ApplicationAsync();
        var refused = Event();
        Assert.False(await GrantAsync("unknown", application, "usr_1", refused));
        Assert.False(await GrantAsync(await RequestAsync("192.0.2.51"), application, "usr_1", refused with { At = Now.AddMinutes(10) }));
        Assert.False(await Answers.TryDenyAsync("unknown", "usr_1", Now, default));
        Assert.False(await store.HasEventAsync(refused.Id));
        Assert.False(await store.QueryAsync(context => context.Authorizations.AnyAsync(row => row.ApplicationId == application)));
    }

    [Fact]
    public async Task Another_person_answers_anew_in_one_browser_and_not_what_was_filed()
    {
        var application = await ApplicationAsync();
        var begun = await RequestAsync("192.0.2.52");
        Assert.True(await GrantAsync(begun, application, "usr_1"));
        Assert.False(await Answers.TryDenyAsync(begun, "usr_1", Now, default));
        Assert.True(await Answers.TryDenyAsync(begun, "usr_2", Now, default));
        Assert.Null((await store.Requests.FindAsync(begun, Now, default))!.AuthorizationId);

        var filed = await RequestAsync("192.0.2.53", []);
        Assert.True(await GrantAsync(filed, application, "usr_1"));
        Assert.False(await GrantAsync(filed, application, "usr_2"));
    }

    private async Task<string> RequestAsync(string address, IReadOnlyList<string>? required = null)
    {
        var request = Request(address) with { RequiredScopes = required };
        Assert.True(await store.Requests.TryAddAsync(request, default));
        return request.Id;
    }

    [Fact]
    public async Task A_consent_keeps_the_row_of_the_client_that_it_was_given_to_and_releases_its_id_from_the_former()
    {
        var clientId = $"https://client.example/{Guid.NewGuid()}";
        var (former, next) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        OpenIddictApplication Row(string id, string name) => new()
        {
            Id = id,
            ClientId = clientId,
            ConcurrencyToken = "token",
            DisplayName = name,
            Properties = "{}",
            RedirectUris = $"""["https://{name.Replace(' ', '-')}.example/callback","http://localhost/callback","com.example.app:/callback"]""",
        };

        foreach (var (id, name) in new[] { (former, "One"), (former, "One again"), (next, "Two"), (former, "Back") })
        {
            Assert.True(await GrantAsync(null, id, "usr_met", application: Row(id, name)));
        }

        var rows = await store.QueryAsync(context => context.Applications.Where(row => row.Id == former || row.Id == next).ToDictionaryAsync(row => row.Id));
        Assert.Equal((clientId, "Back"), (rows[former].ClientId, rows[former].DisplayName));
        Assert.Equal((null, "Two"), (rows[next].ClientId, rows[next].DisplayName));
        var origins = await store.QueryAsync(context => context.ClientOrigins.Where(row => row.ApplicationId == former || row.ApplicationId == next).ToListAsync());
        Assert.Equal(("https://back.example", former), (Assert.Single(origins).Origin, origins[0].ApplicationId));
    }

    [Fact]
    public async Task A_request_that_was_answered_already_keeps_no_row()
    {
        var id = Guid.NewGuid().ToString();

        Assert.False(await GrantAsync("gone", id, "usr_late", application: new OpenIddictApplication { Id = id, ClientId = "https://late.example/x" }));
        Assert.False(await store.QueryAsync(context => context.Applications.AnyAsync(row => row.Id == id)));
    }

    private async Task<string> ApplicationAsync()
    {
        var application = Guid.NewGuid().ToString();
        await store.QueryAsync(async context =>
        {
            context.Applications.Add(new OpenIddictApplication { Id = application, ClientId = "client_of_" + application });
            return await context.SaveChangesAsync();
        });
        return application;
    }

    private Task<bool> GrantAsync(string? requestId, string applicationId, string subject, AuditEvent? granted = null, OpenIddictApplication? application = null)
    {
        var id = Identifiers.New("con_", Now);
        return Answers.TryGrantAsync(
            requestId,
            new OpenIddictAuthorization
            {
                Id = id,
                ApplicationId = applicationId,
                ConcurrencyToken = "token",
                CreationDate = Now.UtcDateTime,
                Scopes = "[]",
                Status = "valid",
                Subject = subject,
                Type = "permanent",
            },
            new Consent { AuthorizationId = id, ApplicationId = applicationId, Subject = subject, RedirectHost = "https://client.example", ExpiresAt = Now.AddDays(1) },
            application,
            granted ?? Event(AuditEventTypes.ConsentGranted),
            default);
    }
}
