namespace AuthServer.Tests.Agents;

public sealed class SqliteAgentRaces : AgentRaces
{
    protected override Task<(string Key, string Value)[]> DatabaseAsync() => Task.FromResult<(string, string)[]>([]);
}
