namespace AuthServer.Tests.Delegations;

public sealed class SqliteDelegationRaces : DelegationRaces;
