using AuthServer.Http.DPoP;
using AuthServer.Protocol.Tokens;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Http;

/// <summary>Proofs that were used at resources: reads by memory, changes by the database, and the database where the memory is full.</summary>
public sealed class SeenProofsTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly TestClock _clock = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly FakeStore _store = new();

    [Fact]
    public async Task A_read_is_remembered_here_and_a_change_everywhere()
    {
        var (one, two) = (Node(), Node());
        var (read, change) = (Proof(), Proof());
        Assert.True(await UseAsync(one, read, "GET"));
        Assert.False(await UseAsync(one, read, "GET"));
        Assert.False(await UseAsync(one, read, "HEAD"));
        Assert.True(await UseAsync(two, read, "GET"));
        Assert.True(await UseAsync(one, change, "POST"));
        Assert.False(await UseAsync(two, change, "POST"));
    }

    [Fact]
    public async Task A_proof_is_remembered_as_long_as_it_could_be_used_whenever_it_came()
    {
        for (var offset = 0; offset < 130; offset += 7)
        {
            var node = Node();
            Assert.True(await UseAsync(node, Proof(), "GET"));
            _clock.Advance(TimeSpan.FromSeconds(offset));
            var proof = Proof(DPoPProof.Skew);
            Assert.True(await UseAsync(node, proof, "GET"));
            for (var later = 0; later <= 90; later += 15)
            {
                Assert.False(await UseAsync(node, proof, "GET"));
                await UseAsync(node, Proof(), "GET");
                _clock.Advance(TimeSpan.FromSeconds(15));
            }
        }
    }

    [Fact]
    public async Task When_the_memory_is_full_the_database_remembers_and_later_there_is_room_again()
    {
        var node = Node(capacity: 2);
        var proofs = Enumerable.Range(0, 5).Select(_ => Proof()).ToList();
        foreach (var proof in proofs)
        {
            Assert.True(await UseAsync(node, proof, "GET"));
        }

        foreach (var proof in proofs)
        {
            Assert.False(await UseAsync(node, proof, "GET"));
        }

        _clock.Advance(TimeSpan.FromHours(1));
        var fresh = Proof();
        Assert.True(await UseAsync(node, fresh, "GET"));
        Assert.False(await _store.ReplayGuard.IsKnownAsync(fresh.Use(Lifetime).Handle, default));
    }

    [Fact]
    public async Task Of_many_uses_at_once_one_is_the_first()
    {
        var (node, proof) = (Node(), Proof());
        var won = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () => await UseAsync(node, proof, "GET"))));
        Assert.Single(won, first => first);
    }

    private SeenProofs Node(int capacity = 1000) => new(_store.ReplayGuard, _clock, capacity);

    private DPoPProof Proof(TimeSpan ahead = default) => new() { KeyThumbprint = "key", Id = Guid.NewGuid().ToString(), IssuedAt = _clock.Now + ahead };

    private static ValueTask<bool> UseAsync(SeenProofs node, DPoPProof proof, string method) => node.TryUseAsync(proof, method, Lifetime, default);
}
