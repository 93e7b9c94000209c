using System.Globalization;

namespace AuthServer.Policies.Engine;

/// <summary>Why a policy is refused.</summary>
/// <param name="Path">The member, such as <c>rules[0].config.cidrs[1]</c>.</param>
/// <param name="Sentence">What is wrong with it; continues the path.</param>
/// <param name="Values">Of its places, <c>{0}</c> and so on.</param>
public sealed record PolicyFault(string Path, string Sentence, params IReadOnlyList<object> Values)
{
    public override string ToString() => Values.Count == 0 ? $"{Path} {Sentence}" : $"{Path} {string.Format(CultureInfo.InvariantCulture, Sentence, [.. Values])}";
}
