namespace AuthServer.Policies.Engine;

/// <summary>Why a policy is refused.</summary>
/// <param name="Path">The member, such as <c>rules[0].config.cidrs[1]</c>.</param>
/// <param name="Sentence">What is wrong with it; continues the path.</param>
public sealed record PolicyFault(string Path, string Sentence);
