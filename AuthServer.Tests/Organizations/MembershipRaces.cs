using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Organizations;

/// <summary>What must hold in every database when many change one organization at once.</summary>
public abstract class MembershipRaces(DatabaseStore store)
{
    private const int Many = 32;

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private DeveloperKeyChanges Keys => store.Services.GetRequiredService<DeveloperKeyChanges>();

    private MemberChanges Members => store.Services.GetRequiredService<MemberChanges>();

    private Closings Closings => store.Services.GetRequiredService<Closings>();

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public async Task Of_many_rotations_of_one_key_exactly_one_wins_and_the_others_leave_nothing(int overlapSeconds)
    {
        var (organization, people) = await CrewAsync(Role.Owner);
        var (old, _) = await KeyAsync(organization, people[0], Role.Admin);
        var won = await AtOnceAsync(_ =>
        {
            var (next, _) = DeveloperKey.Create(organization, people[0], "Next", Role.Admin, null, Now);
            return Keys.TryReplaceAsync(old, next, Now.AddSeconds(overlapSeconds), Event(OrganizationEvents.KeyRotated, organization), default);
        });

        Assert.Equal(1, won.Count(one => one));
        Assert.Equal(2, await store.QueryAsync(context => context.DeveloperKeys.CountAsync(row => row.OrganizationId == organization)));
        Assert.Equal(1, await CountAsync(OrganizationEvents.KeyRotated, organization));
        Assert.Equal(overlapSeconds == 0, store.Index.Ended(RevocationKind.Credential, old.Id));
    }

    [Fact]
    public async Task Of_many_transfers_at_once_exactly_one_wins_and_there_is_one_owner()
    {
        var (organization, people) = await CrewAsync(Role.Owner, [.. Enumerable.Repeat(Role.Developer, Many)]);
        var won = await AtOnceAsync(i => Members.TryTransferAsync(organization, people[0], people[i + 1], Event(OrganizationEvents.Transferred, organization), default));

        Assert.Equal(1, won.Count(one => one));
        var owner = Assert.Single(await MembersAsync(organization), member => member.Role == Role.Owner);
        Assert.Equal(people[Array.IndexOf(won, true) + 1], owner.UserId);
        Assert.Equal(Role.Admin, (await MembersAsync(organization)).Single(member => member.UserId == people[0]).Role);
        Assert.Equal(1, await CountAsync(OrganizationEvents.Transferred, organization));
    }

    [Fact]
    public async Task A_transfer_to_somebody_who_is_removed_or_changed_meanwhile_leaves_one_owner()
    {
        for (var round = 0; round < 20; round++)
        {
            var (organization, people) = await CrewAsync(Role.Owner, Role.Admin);
            var why = Event(OrganizationEvents.MemberChanged, organization);
            await Task.WhenAll(
                Task.Run(() => Members.TryTransferAsync(organization, people[0], people[1], Event(OrganizationEvents.Transferred, organization), default)),
                Task.Run(() => round % 2 == 0
                    ? Members.TryRemoveAsync(organization, people[0], Role.Owner, people[1], why, default)
                    : Members.TryChangeAsync(organization, people[0], Role.Owner, people[1], Role.Auditor, why, default)));
            Assert.Single(await MembersAsync(organization), member => member.Role == Role.Owner);
        }
    }

    [Fact]
    public async Task Whoever_lost_their_role_since_they_were_read_changes_nobody_and_may_still_leave()
    {
        var (organization, people) = await CrewAsync(Role.Owner, Role.Admin, Role.Developer);
        var why = Event(OrganizationEvents.MemberChanged, organization);
        Assert.True(await Members.TryChangeAsync(organization, people[0], Role.Owner, people[1], Role.Developer, why, default));

        var late = Event(OrganizationEvents.MemberRemoved, organization);
        Assert.False(await Members.TryChangeAsync(organization, people[1], Role.Admin, people[2], Role.Admin, late, default));
        Assert.False(await Members.TryRemoveAsync(organization, people[1], Role.Admin, people[2], late, default));
        Assert.Equal(Role.Developer, (await MembersAsync(organization)).Single(member => member.UserId == people[2]).Role);
        Assert.False(await store.HasEventAsync(late.Id));

        Assert.True(await Members.TryRemoveAsync(organization, people[1], Role.Admin, people[1], late, default));
        Assert.DoesNotContain(await MembersAsync(organization), member => member.UserId == people[1]);
    }

    [Fact]
    public async Task A_key_that_is_made_while_its_maker_is_removed_does_not_outlive_them()
    {
        for (var round = 0; round < 20; round++)
        {
            var (organization, people) = await CrewAsync(Role.Owner, Role.Admin);
            var (key, _) = DeveloperKey.Create(organization, people[1], "Back door", Role.Admin, null, Now);
            await Task.WhenAll(
                Task.Run(() => Keys.TryAddAsync(key, Event(OrganizationEvents.KeyCreated, organization), default)),
                Task.Run(() => Members.TryRemoveAsync(organization, people[0], Role.Owner, people[1], Event(OrganizationEvents.MemberRemoved, organization), default)));
            Assert.DoesNotContain(
                await store.QueryAsync(context => context.DeveloperKeys.Where(row => row.OrganizationId == organization).ToListAsync()), row => row.RevokedAt is null);
        }
    }

    [Fact]
    public async Task Whoever_becomes_an_owner_while_their_account_is_removed_is_there_or_gone_and_never_half()
    {
        for (var round = 0; round < 20; round++)
        {
            var (organization, people) = await CrewAsync(Role.Owner, Role.Admin);
            var results = await Task.WhenAll(
                Task.Run(() => Members.TryTransferAsync(organization, people[0], people[1], Event(OrganizationEvents.Transferred, organization), default)),
                Task.Run(async () => await RemoveAsync(people[1], organization) == PersonRemoval.Done));

            Assert.Single(results, one => one);
            var owner = Assert.Single(await MembersAsync(organization), member => member.Role == Role.Owner);
            Assert.Equal(results[0] ? people[1] : people[0], owner.UserId);
            Assert.Equal(results[0], await store.QueryAsync(context => context.Users.AnyAsync(row => row.Id == people[1])));
        }
    }

    [Fact]
    public async Task Of_two_administrators_who_remove_themselves_at_once_one_stays()
    {
        for (var round = 0; round < 20; round++)
        {
            var (organization, people) = await CrewAsync(Role.Owner, Role.Admin, Role.Admin);
            await AdministerAsync(people[1..], true);
            var results = await Task.WhenAll(people[1..].Select(id => Task.Run(() => RemoveAsync(id, organization))));

            Assert.Equal([PersonRemoval.Done, PersonRemoval.LastAdministrator], results.Order());
            var stayed = people[1 + Array.IndexOf(results, PersonRemoval.LastAdministrator)];
            Assert.Equal([stayed], await store.QueryAsync(context => context.Users.Where(row => row.IsAdministrator).Select(row => row.Id).ToListAsync()));
            Assert.Equal(1, await CountAsync(AuditEventTypes.UserRemoved, organization));
            await AdministerAsync([stayed], false);
        }
    }

    [Fact]
    public async Task Every_database_refuses_a_second_owner()
    {
        var (organization, people) = await CrewAsync(Role.Owner, Role.Admin);
        await Assert.ThrowsAsync<DbUpdateException>(() => store.QueryAsync(async context =>
        {
            (await context.Members.SingleAsync(row => row.UserId == people[1])).Role = Role.Owner;
            return await context.SaveChangesAsync();
        }));
        Assert.Single(await MembersAsync(organization), member => member.Role == Role.Owner);
    }

    [Fact]
    public async Task A_closed_organization_is_closed_once_and_ends_its_keys()
    {
        var (organization, people) = await CrewAsync(Role.Owner, Role.Admin);
        var (key, _) = await KeyAsync(organization, people[1], Role.Admin);
        var won = await AtOnceAsync(_ => Closings.TryCloseAsync(organization, people[0], "v2", Event(OrganizationEvents.Closed, organization), default));

        Assert.Equal(1, won.Count(one => one));
        Assert.Empty(await MembersAsync(organization));
        Assert.True(store.Index.Ended(RevocationKind.Credential, key.Id));
        Assert.True(store.Index.EndedBefore(RevocationKind.Organization, organization, Now));
        var told = await store.QueryAsync(context => context.AuditEvents
            .Where(row => row.Type == OrganizationEvents.MemberRemoved && row.Reason == OrganizationEvents.WasClosed && people.Contains(row.Target)).Select(row => row.Target).ToListAsync());
        Assert.Equal(people.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    private static AuditEvent Event(string type, string target) =>
        new() { Id = Identifiers.New("aud_", Now), At = Now, Type = type, Outcome = AuditOutcomes.Success, Target = target };

    private static Task<bool[]> AtOnceAsync(Func<int, Task<bool>> attempt) =>
        Task.WhenAll(Enumerable.Range(0, Many).Select(i => Task.Run(() => attempt(i))));

    private Task<PersonRemoval> RemoveAsync(string userId, string organization) =>
        Closings.TryRemovePersonAsync(userId, userId + "@example.com", [], Event(AuditEventTypes.UserRemoved, organization), default);

    private Task<int> AdministerAsync(string[] people, bool administers) =>
        store.QueryAsync(context => context.Users.Where(row => people.Contains(row.Id)).ExecuteUpdateAsync(set => set.SetProperty(row => row.IsAdministrator, administers)));

    private Task<List<Member>> MembersAsync(string organization) =>
        store.QueryAsync(context => context.Members.AsNoTracking().Where(row => row.OrganizationId == organization).ToListAsync());

    private Task<int> CountAsync(string type, string target) =>
        store.QueryAsync(context => context.AuditEvents.CountAsync(row => row.Type == type && row.Target == target));

    private async Task<(DeveloperKey Key, string Secret)> KeyAsync(string organization, string userId, Role role)
    {
        var made = DeveloperKey.Create(organization, userId, "Key", role, null, Now);
        Assert.True(await Keys.TryAddAsync(made.Key, Event(OrganizationEvents.KeyCreated, organization), default));
        return made;
    }

    /// <summary>A new organization with people of these roles, in their order.</summary>
    private async Task<(string Organization, string[] People)> CrewAsync(params Role[] roles)
    {
        var organization = Identifiers.New("acct_", Now);
        var people = roles.Select(_ => Identifiers.New("usr_", Now)).ToArray();
        await store.QueryAsync(async context =>
        {
            context.Organizations.Add(new Organization { Id = organization, Name = "Crew", CreatedAt = Now, Version = "v1" });
            foreach (var (id, role) in people.Zip(roles))
            {
                context.Users.Add(new User { Id = id, UserName = id, NormalizedUserName = id.ToUpperInvariant(), Email = id + "@example.com", CreatedAt = Now, UpdatedAt = Now });
                context.Members.Add(new Member { OrganizationId = organization, UserId = id, Role = role, JoinedAt = Now });
            }

            return await context.SaveChangesAsync();
        });
        return (organization, people);
    }

    private Task<(string Organization, string[] People)> CrewAsync(Role first, Role[] others) => CrewAsync([first, .. others]);
}

public sealed class SqliteMembershipRaces(SqliteStore store) : MembershipRaces(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlMembershipRaces(PostgreSqlStore store) : MembershipRaces(store), IClassFixture<PostgreSqlStore>;
