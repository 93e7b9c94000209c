using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Mail;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Data;

public sealed class SqliteMailOutboxTests(SqliteStore store) : MailOutboxContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlMailOutboxTests(PostgreSqlStore store) : MailOutboxContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Whoever asks at once, each mail is sent by one, each request answered by one, and each link used by one.</summary>
public abstract class MailOutboxContract(DatabaseStore store) : IAsyncLifetime
{
    private const int Many = 24;

    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = Now.AddMinutes(10);

    private MailOutbox Outbox => store.Services.GetRequiredService<MailOutbox>();

    private PasswordResets Resets => store.Services.GetRequiredService<PasswordResets>();

    public Task InitializeAsync() => store.QueryAsync(context => context.Mails.ExecuteDeleteAsync());

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Of_many_nodes_that_send_at_once_each_mail_is_taken_by_one()
    {
        await AddAsync(40);
        var taken = new System.Collections.Concurrent.ConcurrentBag<string>();
        await AtOnceAsync(async _ =>
        {
            // On PostgreSQL who comes second to a row comes away with nothing, though others wait.
            while (await Outbox.HasDueAsync(Now, default))
            {
                if (await Outbox.TryTakeAsync(Now, Until, default) is { } mail)
                {
                    taken.Add(mail.Id);
                }
            }

            return true;
        });

        Assert.Equal(40, taken.Count);
        Assert.Equal(40, taken.Distinct().Count());
    }

    [Fact]
    public async Task Whoever_took_a_mail_and_died_has_not_lost_it_and_comes_too_late_to_tell()
    {
        await AddAsync(1);
        var first = await Outbox.TryTakeAsync(Now, Until, default);
        Assert.Null(await Outbox.TryTakeAsync(Now.AddMinutes(9), Until.AddMinutes(9), default));
        var second = await Outbox.TryTakeAsync(Until, Until.AddMinutes(10), default);
        await Outbox.GiveUpAsync(first!, MailFailures.Refused, Until, default);
        await Outbox.SentAsync(second!, Until, default);
        var row = await store.QueryAsync(context => context.Mails.AsNoTracking().SingleAsync());

        Assert.Equal((first!.Id, 2), (second!.Id, second.Attempt));
        Assert.Equal((Until, null, null), (row.SentAt, row.LastFailure, row.Content));
        Assert.Null(await Outbox.TryTakeAsync(Until.AddDays(1), Until.AddDays(2), default));
    }

    [Fact]
    public async Task What_is_worth_nothing_any_more_is_not_taken_and_loses_what_it_said()
    {
        await AddAsync(3);
        var late = Now.AddHours(1);
        Assert.False(await Outbox.HasDueAsync(late, default));
        Assert.Null(await Outbox.TryTakeAsync(late, late.AddMinutes(10), default));
        await AtOnceAsync(async _ =>
        {
            await Outbox.ExpireAsync(late, default);
            return true;
        });
        var rows = await store.QueryAsync(context => context.Mails.AsNoTracking().ToListAsync());

        Assert.All(rows, row => Assert.Equal((MailFailures.Expired, null, null), (row.LastFailure, row.Content, row.DueAt)));
        var ids = rows.ConvertAll(row => row.Id);
        Assert.Equal(3, await store.QueryAsync(context => context.AuditEvents.CountAsync(row => row.Type == MailEvents.GivenUp && ids.Contains(row.Target!))));
    }

    [Fact]
    public async Task Of_many_requests_at_once_no_more_are_mailed_than_an_address_may_get_and_one_link_is_good()
    {
        var user = await UserAsync();
        for (var i = 0; i < Many; i++)
        {
            await Resets.AskAsync(new PasswordRequest { Id = Identifiers.New("pwr_", Now), Account = user.NormalizedUserName!, Address = "127.0.0.1", CreatedAt = Now }, default);
        }

        await AtOnceAsync(async _ =>
        {
            while (await Resets.AnyAskedAsync(default))
            {
                await Resets.AnswerAsync(Prepare, default);
            }

            return true;
        });

        Assert.Equal(Mails.MostInAnHour, await store.QueryAsync(context => context.Mails.CountAsync(row => row.UserId == user.Id)));
        Assert.Equal(1, await store.QueryAsync(context => context.MailedLinks.CountAsync(row => row.UserId == user.Id)));
        var told = await store.QueryAsync(context => context.AuditEvents.AsNoTracking().Where(row => row.Subject == user.Id).ToListAsync());
        Assert.Equal((Mails.MostInAnHour, Many - Mails.MostInAnHour), (told.Count(row => row.Reason is null), told.Count(row => row.Reason == "too_many")));
    }

    [Fact]
    public async Task Of_many_who_use_one_link_at_once_exactly_one_sets_the_password()
    {
        var user = await UserAsync();
        var hash = await LinkAsync(user);
        var won = await AtOnceAsync(i => Resets.TryResetAsync(hash, user, $"hash {i}", null, Event(user), default));
        var stored = await store.QueryAsync(context => context.Users.AsNoTracking().SingleAsync(row => row.Id == user.Id));

        Assert.Equal(1, won.Count(one => one));
        Assert.Equal($"hash {Array.IndexOf(won, true)}", stored.PasswordHash);
        Assert.NotEqual(user.SecurityStamp, stored.SecurityStamp);
        Assert.Equal(1, await store.QueryAsync(context => context.AuditEvents.CountAsync(row => row.Subject == user.Id)));
        Assert.Equal(0, await store.QueryAsync(context => context.MailedLinks.CountAsync(row => row.UserId == user.Id)));
        Assert.True(store.Index.EndedBefore(RevocationKind.Subject, user.Id, Now));
    }

    [Fact]
    public async Task A_link_of_a_password_that_is_being_changed_leaves_one_of_both()
    {
        for (var round = 0; round < 8; round++)
        {
            var user = await UserAsync();
            var hash = await LinkAsync(user);
            await using var context = store.NewContext();
            var seen = await context.Users.SingleAsync(row => row.Id == user.Id);
            var won = await Task.WhenAll(
                Task.Run(() => Resets.TryResetAsync(hash, user, "by link", null, Event(user), default)),
                Task.Run(() => ChangeAsync(context, seen)));
            var stored = await store.QueryAsync(context => context.Users.AsNoTracking().SingleAsync(row => row.Id == user.Id));

            Assert.Single(won, true);
            Assert.Equal(won[0] ? "by link" : "by hand", stored.PasswordHash);
        }
    }

    [Fact]
    public async Task A_link_that_is_too_old_or_of_another_stamp_changes_nothing()
    {
        var user = await UserAsync();
        var hash = await LinkAsync(user);
        var stranger = await UserAsync();
        var changed = new User { Id = user.Id, SecurityStamp = "another" };

        Assert.False(await Resets.TryResetAsync(hash, changed, "hash", null, Event(user), default));
        Assert.False(await Resets.TryResetAsync(hash, stranger, "hash", null, Event(user), default));
        Assert.False(await Resets.TryResetAsync(hash, user, "hash", null, Event(user) with { At = Now.AddMinutes(30) }, default));
        Assert.True(await Resets.TryResetAsync(hash, user, "hash", null, Event(user), default));
    }

    private static AuditEvent Event(User user) =>
        new() { Id = Identifiers.New("aud_", Now), At = Now, Type = AccountEvents.PasswordReset, Outcome = AuditOutcomes.Success, Subject = user.Id, Target = user.Id };

    private static Task<bool[]> AtOnceAsync(Func<int, Task<bool>> attempt) => Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => attempt(i))));

    private static OutgoingMail Mail(string recipient, string? userId) => new()
    {
        Id = Identifiers.New(OutgoingMail.IdPrefix, Now),
        Kind = "test",
        UserId = userId,
        Recipient = recipient,
        NormalizedRecipient = recipient.ToUpperInvariant(),
        Content = [1, 2, 3],
        CreatedAt = Now,
        ExpiresAt = Now.AddMinutes(30),
        DueAt = Now,
    };

    private static PreparedReset Prepare(User user, PasswordRequest request) => new(Link(user, Guid.NewGuid().ToString()), Mail(user.Email!, user.Id), Event(user));

    private static MailedLink Link(User user, string hash) =>
        new() { UserId = user.Id, Kind = MailedLinkKind.Password, Hash = hash, Email = user.Email!, Stamp = user.SecurityStamp!, ExpiresAt = Now.AddMinutes(30) };

    private Task<int> AddAsync(int count) => store.QueryAsync(context =>
    {
        context.Mails.AddRange(Enumerable.Range(0, count).Select(i => Mail($"person{i}@example.com", null)));
        return context.SaveChangesAsync();
    });

    private async Task<string> LinkAsync(User user)
    {
        var hash = Guid.NewGuid().ToString();
        await store.QueryAsync(context =>
        {
            context.MailedLinks.Add(Link(user, hash));
            return context.SaveChangesAsync();
        });
        return hash;
    }

    private async Task<User> UserAsync()
    {
        var user = User.Create($"{Guid.NewGuid():N}@example.com", "Ada", Now);
        (user.NormalizedUserName, user.NormalizedEmail, user.SecurityStamp) = (user.UserName!.ToUpperInvariant(), user.Email!.ToUpperInvariant(), Guid.NewGuid().ToString());
        await store.QueryAsync(context =>
        {
            context.Users.Add(user);
            return context.SaveChangesAsync();
        });
        return user;
    }

    /// <summary>As Identity's own store does it: it loses against a change made meanwhile.</summary>
    private static async Task<bool> ChangeAsync(AuthDbContext context, User user)
    {
        (user.PasswordHash, user.SecurityStamp, user.ConcurrencyStamp) = ("by hand", "changed", Guid.NewGuid().ToString());
        try
        {
            await context.SaveChangesAsync();
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            return false;
        }
    }
}
