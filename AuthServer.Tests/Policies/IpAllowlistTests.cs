using System.Net;
using AuthServer.Policies.Engine;

namespace AuthServer.Tests.Policies;

public sealed class IpAllowlistTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::10.1.2.3", false)]
    [InlineData("192.0.2.7", "192.0.2.7", true)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.128/25", "192.0.2.127", false)]
    [InlineData("192.0.2.128/25", "192.0.2.128", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("::/0", "::ffff:203.0.113.9", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff::1", true)]
    [InlineData("2001:db8::/32", "2001:db9::1", false)]
    [InlineData("2001:DB8:0:0::1", "2001:db8::1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.0/104", "::ffff:10.1.2.3", true)]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1", true)]
    public void Only_callers_from_its_networks_pass(string network, string address, bool allowed)
    {
        var policy = Ask.Policy("ip_allowlist", $$"""{"cidrs":["{{network}}"]}""");
        var input = Ask.For("email:send") with { Address = IPAddress.Parse(address) };
        if (allowed)
            policy.Allows(input);
        else
            policy.Denies(input, PolicyReasons.AddressNotAllowed);
    }

    [Fact]
    public void A_caller_whose_address_is_not_known_is_denied() =>
        Ask.Policy("ip_allowlist", """{"cidrs":["0.0.0.0/0","::/0"]}""").Denies(Ask.For("email:send") with { Address = null }, PolicyReasons.AddressUnknown);

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/08")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData(" 10.0.0.0/8")]
    [InlineData("10/8")]
    [InlineData("10.1/16")]
    [InlineData("012.0.0.0/8")]
    [InlineData("0xa.0.0.0/8")]
    [InlineData("167772160/8")]
    [InlineData("2001:db8::1/32")]
    [InlineData("2001:db8::/129")]
    [InlineData("::ffff:10.0.0.1/104")]
    [InlineData("fe80::1%1")]
    [InlineData("[2001:db8::1]")]
    [InlineData("example.com")]
    [InlineData("")]
    public void What_is_no_network_is_refused_when_it_is_written(string network)
    {
        var parsed = PolicyRules.Parse(Ask.Json($$$"""[{"type":"ip_allowlist","config":{"cidrs":["10.0.0.0/8","{{{network}}}"]}}]"""), PolicyEffect.Allow);
        Assert.Equal("rules[0].config.cidrs[1]", Assert.Single(parsed.Faults).Path);
        Assert.Empty(parsed.Rules);
    }
}
