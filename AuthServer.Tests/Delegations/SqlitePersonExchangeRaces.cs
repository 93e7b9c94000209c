namespace AuthServer.Tests.Delegations;

public sealed class SqlitePersonExchangeRaces : PersonExchangeRaces
{
    protected override Task<(string Key, string Value)[]> DatabaseAsync() => Task.FromResult<(string, string)[]>([]);
}
