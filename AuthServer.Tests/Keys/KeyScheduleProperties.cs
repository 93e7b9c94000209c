using AuthServer.Jose;
using AuthServer.Keys;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Keys;

/// <summary>Lives of random length with rotations, revocations and pauses in any order.</summary>
public class KeyScheduleProperties
{
    private static readonly KeyPeriods Periods = new(TimeSpan.FromHours(24), TimeSpan.FromHours(2), TimeSpan.FromMinutes(30));

    [Fact]
    public void Exactly_one_key_signs_it_was_published_ahead_and_its_tokens_verify_until_they_expire() =>
        Prop.ForAll<(ushort Wait, byte Action)[]>(steps => new Life().Run(steps)).Check(
            Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(60));

    private sealed class Life
    {
        private static readonly JwsAlgorithm[] First = [JwsAlgorithm.ES256, JwsAlgorithm.RS256];
        private readonly List<(string KeyId, DateTimeOffset Expires)> _tokens = [];
        private readonly HashSet<string> _unannounced = [];
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        private IReadOnlyList<KeyLife> _keys = [];
        private KeySchedule _schedule = null!;
        private int _made;

        public bool Run((ushort Wait, byte Action)[] steps)
        {
            _schedule = new KeySchedule(Periods, _ => $"k{++_made}");
            Take(_schedule.Begin([], First, _now));
            foreach (var key in _keys.Where(key => key.ActivatesAt == _now))
                _unannounced.Add(key.KeyId); // the first keys of all
            foreach (var (wait, action) in steps)
            {
                Pass(TimeSpan.FromMinutes(wait % 2000)); // up to a day and a half
                Take(Act(action));
                Look(_now);
            }
            return true;
        }

        private KeyPlan? Act(byte action)
        {
            var algorithm = First[action & 1];
            return ((action >> 1) % 6) switch
            {
                0 => _schedule.Rotate(_keys, algorithm, _now),
                1 => Revoke(algorithm, KeyState.Current),
                2 => Revoke(algorithm, KeyState.Next),
                3 => Revoke(algorithm, KeyState.Retiring),
                4 => null, // the server is down
                _ => _schedule.Maintain(_keys, _now),
            };
        }

        private KeyPlan? Revoke(JwsAlgorithm algorithm, KeyState state) =>
            _keys.FirstOrDefault(key => key.Algorithm == algorithm && key.StateAt(_now) == state) is { } key ? _schedule.Revoke(_keys, key.KeyId, _now) : null;

        private void Take(KeyPlan? plan)
        {
            if (plan is null)
                return;
            var before = _keys.Select(key => key.KeyId).ToHashSet();
            _keys = plan.Keys;
            // A revocation forces the next key, and where there is none, a new one.
            _unannounced.UnionWith(plan.Events.Where(e => e.Reason == KeyReasons.RevocationUnannounced).Select(e => e.KeyId));
            if (plan.Events.Any(e => e.Kind == KeyEventKind.Revoked))
                _unannounced.UnionWith(_keys.Where(key => !before.Contains(key.KeyId) && key.ActivatesAt == _now).Select(key => key.KeyId));
        }

        // Looks at every moment between now and then at which anything changes, just before it, and at a few others.
        private void Pass(TimeSpan span)
        {
            var end = _now + span;
            var moments = _keys.SelectMany(key => new[] { key.ActivatesAt, key.RetiresAt, key.ExpiresAt }).OfType<DateTimeOffset>()
                .SelectMany(at => new[] { at - TimeSpan.FromMilliseconds(1), at })
                .Concat(Enumerable.Range(1, 8).Select(i => _now + (span / 8 * i)))
                .Where(at => at > _now && at <= end).Distinct().Order().ToArray();
            foreach (var moment in moments)
                Look(moment);
            _now = end;
        }

        private void Look(DateTimeOffset now)
        {
            foreach (var algorithm in First)
            {
                var current = Assert.Single(_keys, key => key.Algorithm == algorithm && key.StateAt(now) == KeyState.Current);
                Assert.True(_unannounced.Contains(current.KeyId) || now - current.CreatedAt >= Periods.PublishAhead, $"{current} signs too early at {now:o}");
                _tokens.Add((current.KeyId, now + Periods.LongestToken));
            }
            _tokens.RemoveAll(token => token.Expires <= now);
            foreach (var token in _tokens)
            {
                var key = _keys.Single(key => key.KeyId == token.KeyId);
                Assert.True(key.RevokedAt is not null || key.IsLiveAt(now), $"{key} does not verify at {now:o}");
            }
        }
    }
}
