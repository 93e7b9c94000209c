namespace AuthServer.Tests.Keys;

public sealed class SqliteKeyRaces : KeyRaces
{
    private protected override Task<Installation> InstallAsync() => Task.FromResult(new Installation());
}
