namespace AuthServer.Policies.Engine;

/// <summary>What a delegation lets be used in all, and what is left of that.</summary>
/// <param name="Key">What is counted: a value that the API states of each action, or <c>uses</c>.</param>
/// <param name="Type"><c>max_lifetime</c>: under this one token. <c>max_subtree</c>, <c>budget</c>: under the delegation and all below it.</param>
public sealed record LimitLeft(string DelegationId, string Key, LimitKind Type, decimal Limit, decimal Remaining);
