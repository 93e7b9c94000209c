using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>Only from these networks.</summary>
public sealed record IpAllowlist(IReadOnlyList<Network> Networks) : PolicyRule
{
    internal static readonly RuleType Syntax = new(
        "ip_allowlist",
        "Allows only callers from the listed networks. Where the caller's address is not known, or not believed, the request is denied.",
        InDenyPolicies: true,
        [new("cidrs", "a list of 1 to 100 networks or single addresses, IPv4 or IPv6, such as 10.0.0.0/8 or 2001:db8::1", Value: RuleValue.Texts)],
        """{"cidrs":["10.0.0.0/8","2001:db8::/32"]}""")
    {
        Read = reader =>
            reader.List(
                "cidrs", (JsonElement item, [MaybeNullWhen(false)] out Network network) => RuleReader.Read(item, Network.Parse, out network),
                "must be a network such as 10.0.0.0/8 or 2001:db8::/32, with no bits set behind its length.") is { } networks
                ? new IpAllowlist(networks)
                : null,
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action)
    {
        if (input.Address is not { } address)
        {
            return RuleAnswer.Unknown(PolicyReasons.AddressUnknown, "it depends on the caller's address, which is not known");
        }

        return Networks.Any(network => network.Contains(address))
            ? RuleAnswer.Holds
            : RuleAnswer.Fails(PolicyReasons.AddressNotAllowed, Sentence.Of("the address {0} is in none of its networks", address));
    }

    internal override void Write(Utf8JsonWriter config)
    {
        config.WriteStartArray("cidrs");
        foreach (var network in Networks)
        {
            config.WriteStringValue(network.Text);
        }

        config.WriteEndArray();
    }
}
