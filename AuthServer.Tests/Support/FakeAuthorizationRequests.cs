using AuthServer.Protocol.State;

namespace AuthServer.Tests.Support;

internal sealed class FakeAuthorizationRequests(FakeState state) : IAuthorizationRequests
{
    public Task<bool> TryAddAsync(StoredAuthorizationRequest request, CancellationToken ct) => state.Do(() =>
        state.Requests.Values.Count(open => open.Address == request.Address && open.ExpiresAt > request.CreatedAt) < (request.IsFiled ? 1000 : StateStore.OpenRequestsPerAddress)
        && state.Requests.TryAdd(request.Id, request));

    public Task<StoredAuthorizationRequest?> FindAsync(string id, DateTimeOffset now, CancellationToken ct) =>
        state.Do(() => state.Requests.GetValueOrDefault(id) is { } request && request.ExpiresAt > now ? request : null);

    public Task<bool> TryUpdateAsync(StoredAuthorizationRequest request, CancellationToken ct) => state.Do(() =>
    {
        var known = state.Requests.ContainsKey(request.Id);
        if (known)
        {
            state.Requests[request.Id] = request;
        }

        return known;
    });

    public Task<bool> TryRefuseAsync(string id, AuditEvent refused, CancellationToken ct) => state.Do(() => state.Requests.Remove(id) && state.Log(refused));
}
