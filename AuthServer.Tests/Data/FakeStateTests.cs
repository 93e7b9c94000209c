using AuthServer.Tests.Support;

namespace AuthServer.Tests.Data;

public sealed class FakeStateTests(FakeStore store) : StateContract(store), IClassFixture<FakeStore>;

public sealed class FakeRaceTests(FakeStore store) : StateRaces(store), IClassFixture<FakeStore>;
