using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

public sealed class PostgreSqlDelegationRaces() : DelegationRaces(PostgreSqlCluster.SettingsAsync);
