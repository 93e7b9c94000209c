using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static AuthServer.Tests.Data.Samples;

namespace AuthServer.Tests.Data;

/// <summary>What <see cref="IDatabaseWriter"/> and <see cref="AuthDbContext"/> promise on every database.</summary>
public abstract class WriterContract(DatabaseStore store)
{
    [Fact]
    public async Task A_change_that_answers_false_leaves_nothing()
    {
        var entry = Event();
        Assert.False(await store.Writer.TryWriteAsync(
            async transaction =>
            {
                await AuditTrail.AppendAsync(transaction, entry);
                return false;
            },
            default));
        Assert.False(await store.HasEventAsync(entry.Id));
    }

    [Fact]
    public async Task A_change_that_throws_leaves_nothing_and_its_caller_gets_what_it_threw()
    {
        var entry = Event();
        var thrown = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => store.Writer.TryWriteAsync(
            async transaction =>
            {
                await AuditTrail.AppendAsync(transaction, entry);
                throw new InvalidTimeZoneException("mine");
            },
            default));
        Assert.Equal("mine", thrown.Message);
        Assert.False(await store.HasEventAsync(entry.Id));
    }

    [Fact]
    public async Task Changes_that_fail_in_every_way_sink_no_neighbour_and_only_their_callers_hear_of_it()
    {
        var events = Enumerable.Range(0, 120).Select(_ => Event()).ToArray();
        var answers = await Task.WhenAll(events.Select((entry, i) => Task.Run(async () =>
        {
            try
            {
                return await store.Writer.TryWriteAsync(
                    async transaction =>
                    {
                        await AuditTrail.AppendAsync(transaction, entry);
                        return (i % 4) switch
                        {
                            0 => throw new InvalidTimeZoneException(),
                            1 => false,
                            2 => await AuditTrail.AppendAsync(transaction, entry), // the same id again
                            _ => true,
                        };
                    },
                    default);
            }
            catch (Exception)
            {
                return default(bool?);
            }
        })));

        for (var i = 0; i < events.Length; i++)
        {
            Assert.Equal((i % 4) switch { 0 or 2 => null, 1 => false, _ => true }, answers[i]);
            Assert.Equal(i % 4 == 3, await store.HasEventAsync(events[i].Id));
        }
    }

    [Fact]
    public async Task A_redemption_whose_event_cannot_be_stored_changes_nothing()
    {
        var code = await CodeAsync(store);
        var issuance = new Issuance(await StoredEventAsync(), Token(code.Rights));

        await Assert.ThrowsAnyAsync<Exception>(() => store.Codes.TryRedeemAsync(code, Family(code), issuance, default));

        Assert.Null(await store.RefreshTokens.FindAsync(issuance.RefreshToken!.ReferenceId, default));
        Assert.True(await store.Codes.TryRedeemAsync(code, Family(code), Issuance(code.Rights), default));
    }

    [Fact]
    public async Task A_rotation_whose_event_cannot_be_stored_changes_nothing()
    {
        var token = await RedeemedAsync(store);
        var issuance = new Issuance(await StoredEventAsync(), Token(token.Rights));

        await Assert.ThrowsAnyAsync<Exception>(() => store.RefreshTokens.TryRotateAsync(token, issuance, default));

        Assert.Null(await store.RefreshTokens.FindAsync(issuance.RefreshToken!.ReferenceId, default));
        Assert.True(await store.RefreshTokens.TryRotateAsync(token, Issuance(token.Rights), default));
    }

    [Fact]
    public async Task An_end_whose_event_cannot_be_stored_ends_nothing()
    {
        var token = await RedeemedAsync(store);
        var taken = await StoredEventAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => store.Families.EndAsync(token.Rights, taken, default));

        Assert.False(store.Index.Ended(RevocationKind.Family, token.Rights.FamilyId));
        Assert.True(await store.RefreshTokens.TryRotateAsync(token, Issuance(token.Rights), default));
    }

    [Fact]
    public async Task A_request_whose_code_cannot_be_stored_stays_open()
    {
        var (code, request) = (await CodeAsync(store), Request("192.0.2.30"));
        Assert.True(await store.Requests.TryAddAsync(request, default));
        await Assert.ThrowsAnyAsync<Exception>(() => store.Codes.TryAddAsync(code, request.Id, Event(), default));
        Assert.NotNull(await store.Requests.FindAsync(request.Id, Now, default));
    }

    [Fact]
    public async Task Ends_of_all_kinds_at_once_get_in_nobodys_way()
    {
        var code = await CodeAsync(store);
        var rights = code.Rights;
        var tokens = new List<RefreshToken> { await RedeemAsync(store, code) };
        for (var i = 1; i < 8; i++)
        {
            tokens.Add(await RedeemAsync(store, await CodeAsync(store, rights)));
        }

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => (i % 5) switch
        {
            0 => store.Families.EndSessionAsync(rights.SessionId, Event(), default),
            1 => store.Families.EndAuthorizationsAsync([Event() with { Target = rights.AuthorizationId }], default),
            2 => store.Families.EndSubjectAsync(rights.Subject, Now, Event(), default),
            3 => store.Families.EndSubjectAsync("client_of_" + rights.ApplicationId, Now, Event(), default),
            _ => store.Families.EndAsync(tokens[i / 5].Rights, Event(), default),
        })));

        foreach (var token in tokens)
        {
            Assert.Equal(TokenStatus.Revoked, (await store.RefreshTokens.FindAsync(token.ReferenceId, default))?.Status);
        }
    }

    [Fact]
    public async Task A_caller_who_has_left_before_writes_nothing()
    {
        var entry = Event();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Trail.AppendAsync(entry, new CancellationToken(canceled: true)));
        Assert.False(await store.HasEventAsync(entry.Id));
    }

    [Fact]
    public async Task A_change_that_has_begun_is_carried_through_when_its_caller_leaves()
    {
        var entry = Event();
        using var leaving = new CancellationTokenSource();
        Assert.True(await store.Writer.TryWriteAsync(
            transaction =>
            {
                leaving.Cancel();
                return AuditTrail.AppendAsync(transaction, entry);
            },
            leaving.Token));
        Assert.True(await store.HasEventAsync(entry.Id));
    }

    [Fact]
    public async Task A_transaction_that_is_left_without_a_commit_leaves_nothing_and_keeps_nobody_out()
    {
        var user = NewUser();
        await using (var context = store.NewContext())
        {
            await using var transaction = await context.Database.BeginTransactionAsync();
            context.Users.Add(user);
            await context.SaveChangesAsync();
        }

        await store.Trail.AppendAsync(Event(), default);
        Assert.False(await store.QueryAsync(context => context.Users.AnyAsync(row => row.Id == user.Id)));
    }

    [Fact]
    public async Task Thirty_two_writers_of_all_kinds_at_once_fail_in_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(async () =>
        {
            for (var round = 0; round < 10; round++)
            {
                await (((i + round) % 4) switch
                {
                    0 => store.Trail.AppendAsync(Event(), default),
                    1 => RegisterAsync(),
                    2 => UpdateInBulkAsync(),
                    _ => SaveTwiceAsync(),
                });
            }
        })));
    }

    private static User NewUser()
    {
        var id = Identifiers.New("usr_", Now);
        return new User { Id = id, UserName = id, NormalizedUserName = id.ToUpperInvariant() };
    }

    /// <summary>An event that cannot be stored again.</summary>
    private async Task<AuditEvent> StoredEventAsync()
    {
        var entry = Event();
        await store.Trail.AppendAsync(entry, default);
        return entry;
    }

    private async Task RegisterAsync()
    {
        await using var scope = store.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = NewUser();
        Assert.True((await users.CreateAsync(user)).Succeeded);
        Assert.True((await users.AccessFailedAsync(user)).Succeeded);
    }

    private async Task UpdateInBulkAsync()
    {
        await using var context = store.NewContext();
        await context.Users.Where(user => user.Locale == "xx").ExecuteUpdateAsync(set => set.SetProperty(user => user.Name, "X"));
        await context.Users.Where(user => user.Locale == "xx").ExecuteDeleteAsync();
    }

    private async Task SaveTwiceAsync()
    {
        await using var context = store.NewContext();
        await using var transaction = await context.Database.BeginTransactionAsync();
        context.Users.Add(NewUser());
        await context.SaveChangesAsync();
        context.Users.Add(NewUser());
        await context.SaveChangesAsync();
        await transaction.CommitAsync();
    }
}
