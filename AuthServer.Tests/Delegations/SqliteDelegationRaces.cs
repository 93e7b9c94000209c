namespace AuthServer.Tests.Delegations;

public sealed class SqliteDelegationRaces : DelegationRaces
{
    protected override Task<(string Key, string Value)[]> DatabaseAsync() => Task.FromResult<(string, string)[]>([]);
}
