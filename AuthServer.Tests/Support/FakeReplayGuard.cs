using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeReplayGuard(FakeState state) : IReplayGuard
{
    public Task<bool> TryAddAsync(string handle, DateTimeOffset expiresAt, CancellationToken ct) => state.Do(() => state.Handles.Add(handle));

    public async ValueTask<bool> IsKnownAsync(string handle, CancellationToken ct) => await state.Do(() => state.Handles.Contains(handle));
}
