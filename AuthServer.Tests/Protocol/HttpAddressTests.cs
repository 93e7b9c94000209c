using AuthServer.Protocol.Tokens;

namespace AuthServer.Tests.Protocol;

/// <summary>RFC 3986 §6.2.2 and §6.2.3: what is one address has one spelling, and nothing else has it.</summary>
public sealed class HttpAddressTests
{
    [Theory]
    [InlineData("https://as.example", "https://as.example/")]
    [InlineData("HTTPS://AS.Example/Token", "https://as.example/Token")]
    [InlineData("https://as.example:443/a", "https://as.example/a")]
    [InlineData("https://as.example:/a", "https://as.example/a")]
    [InlineData("https://as.example:0443/a", "https://as.example/a")]
    [InlineData("http://as.example:80/a", "http://as.example/a")]
    [InlineData("http://as.example:443/a", "http://as.example:443/a")]
    [InlineData("https://as.example/a?b#c", "https://as.example/a")]
    [InlineData("https://as.example?b", "https://as.example/")]
    [InlineData("https://as.example/a#b?c/../d", "https://as.example/a")]
    [InlineData("https://as.example/%7euser/%2fx", "https://as.example/~user/%2Fx")]
    [InlineData("https://as.example/a/./b/../c", "https://as.example/a/c")]
    [InlineData("https://as.example/../../a", "https://as.example/a")]
    [InlineData("https://as.example/a/%2e%2E/b", "https://as.example/b")]
    [InlineData("https://as.example/a/..", "https://as.example/")]
    [InlineData("https://as.example/a/.", "https://as.example/a/")]
    [InlineData("https://as.example//a", "https://as.example//a")]
    [InlineData("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a")]
    [InlineData("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443/a")]
    public void Known_spellings_become_the_normal_one(string text, string normal) => Assert.Equal(normal, HttpAddress.Normalize(text));

    [Theory]
    [InlineData("")]
    [InlineData("/connect/token")]
    [InlineData("as.example/token")]
    [InlineData("ftp://as.example/a")]
    [InlineData("https:/as.example/a")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    [InlineData("https://user@as.example/a")]
    [InlineData("https://as.example:x/a")]
    [InlineData("https://as.example:123456/a")]
    [InlineData("https://as.example/%")]
    [InlineData("https://as.example/%2")]
    [InlineData("https://as.example/%zz")]
    [InlineData("https://as.example\\@evil.example/a")]
    [InlineData(" https://as.example/a")]
    [InlineData("https://as.example/a ")]
    [InlineData("https://as.exämple/a")]
    [InlineData("https://as%2eexample/a")]
    public void What_is_no_address_has_no_spelling(string text) => Assert.Null(HttpAddress.Normalize(text));

    [Fact]
    public void What_is_too_long_is_not_read() => Assert.Null(HttpAddress.Normalize("https://as.example/" + new string('a', 2048)));

    [Fact]
    public void The_normal_spelling_is_its_own_and_stays_the_same_however_it_is_disguised()
    {
        var random = new Random(9449);
        for (var round = 0; round < 2000; round++)
        {
            var address = Any(random);
            var normal = HttpAddress.Normalize(address);
            Assert.NotNull(normal);
            Assert.Equal(normal, HttpAddress.Normalize(normal));
            Assert.Equal(normal, HttpAddress.Normalize(Disguised(address, random)));
        }
    }

    [Fact]
    public void Two_paths_that_differ_in_a_letter_are_never_one()
    {
        var random = new Random(7638);
        for (var round = 0; round < 2000; round++)
        {
            var address = Any(random);
            Assert.NotEqual(HttpAddress.Normalize(address), HttpAddress.Normalize(address + "x"));
            Assert.NotEqual(HttpAddress.Normalize(address), HttpAddress.Normalize(address.Replace(".example", ".example.evil", StringComparison.Ordinal)));
        }
    }

    private static string Any(Random random)
    {
        var segments = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Segment(random));
        return $"{(random.Next(2) == 0 ? "http" : "https")}://host{random.Next(9)}.example{(random.Next(2) == 0 ? "" : ":" + random.Next(1024, 65536))}/{string.Join('/', segments)}";
    }

    private static string Segment(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(5) == 0 ? "%2F" : ((char)('a' + random.Next(26))).ToString()));

    /// <summary>Changes that RFC 3986 says change nothing.</summary>
    private static string Disguised(string address, Random random)
    {
        var path = address.IndexOf('/', address.IndexOf("://", StringComparison.Ordinal) + 3);
        var hidden = string.Concat(address[path..].Select((c, i) => char.IsAsciiLetterLower(c) && random.Next(3) == 0 ? $"%{(int)c:x2}" : c.ToString()));
        var dotted = random.Next(2) == 0 ? hidden : "/./gone/.." + hidden;
        return address[..path].ToUpperInvariant() + dotted.Replace("%2F", random.Next(2) == 0 ? "%2f" : "%2F", StringComparison.Ordinal) + (random.Next(2) == 0 ? "" : "?q=/../x#f");
    }
}
