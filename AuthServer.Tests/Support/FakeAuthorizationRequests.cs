using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeAuthorizationRequests(FakeState state) : IAuthorizationRequests
{
    public Task<bool> TryAddAsync(StoredAuthorizationRequest request, CancellationToken ct) => state.Do(() =>
        state.Requests.Values.Count(open => open.Address == request.Address && open.IsFiled == request.IsFiled && open.ExpiresAt > request.CreatedAt)
            < (request.IsFiled ? StateStore.FiledRequestsOfOne : StateStore.OpenRequestsPerAddress)
        && state.Requests.TryAdd(request.Id, request));

    public Task<StoredAuthorizationRequest?> FindAsync(string id, DateTimeOffset now, CancellationToken ct) =>
        state.Do(() => state.Requests.GetValueOrDefault(id) is { } request && request.ExpiresAt > now ? request : null);

    public Task<bool> TrySelectAsync(string id, string subject, CancellationToken ct) => TryChangeAsync(id, request => request with { SelectedSubject = subject });

    public Task<bool> TryLeaveOutAsync(string id, IReadOnlyList<string> scopes, CancellationToken ct) =>
        TryChangeAsync(id, request => request with { LeftOut = [.. request.LeftOut, .. scopes] });

    public Task<bool> TryRefuseAsync(string id, AuditEvent refused, CancellationToken ct) => state.Do(() => state.Requests.Remove(id) && state.Log(refused));

    private Task<bool> TryChangeAsync(string id, Func<StoredAuthorizationRequest, StoredAuthorizationRequest> change) => state.Do(() =>
    {
        if (state.Requests.GetValueOrDefault(id) is not { } request)
        {
            return false;
        }

        state.Requests[id] = change(request);
        return true;
    });
}
