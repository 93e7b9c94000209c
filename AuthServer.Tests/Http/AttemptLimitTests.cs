using AuthServer.Http;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Http;

public sealed class AttemptLimitTests
{
    [Fact]
    public async Task Of_many_at_once_no_more_pass_than_there_is_room_for()
    {
        var limit = new AttemptLimit(10, new TestClock());
        for (var round = 0; round < 50; round++)
        {
            var key = $"key {round}";
            using var start = new Barrier(8);
            var waits = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return Enumerable.Range(0, 4).Count(_ => limit.Count(key) <= TimeSpan.Zero);
                },
                TaskCreationOptions.LongRunning)));
            Assert.Equal(10, waits.Sum());
        }
    }
}
