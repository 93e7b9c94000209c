using AuthServer.Vault.Proxy;

namespace AuthServer.Tests.Vault.Proxy;

/// <summary>A call stays below its base, however its path is written.</summary>
[Trait("negative", "55")]
public sealed class ProxyPathTests
{
    private static readonly ProxyTarget Target = new(new Uri("https://api.example.com/v1"), ["files.example.com", "*.cdn.example.com"]);

    [Theory]
    [InlineData("/api/v1/connected-accounts/ca_1/proxy/a/b?c=d/e", "a/b?c=d/e")]
    [InlineData("/api/v1/connected-accounts/ca_1/proxy/", "")]
    [InlineData("/api/v1/connected-accounts/ca_1/proxy/?q=1", "?q=1")]
    [InlineData("/api/v1/connected-accounts/ca_1/proxy", null)]
    [InlineData("/api/v1/connected-accounts/ca_1/proxy?a=/b", null)]
    [InlineData("http://host/api/v1/connected-accounts/ca_1/proxy/a", "a")]
    public void What_is_called_stands_behind_the_fifth_segment(string target, string? rest) => Assert.Equal(rest, ProxyPath.After(target, 5));

    [Theory]
    [InlineData("..")]
    [InlineData("../admin")]
    [InlineData("a/../../admin")]
    [InlineData("a/./b")]
    [InlineData("%2e%2e/admin")]
    [InlineData("a/.%2E/b")]
    [InlineData("%252e%252e/admin")]
    [InlineData("%25252e%25252e/admin")]
    [InlineData("..%2fadmin")]
    [InlineData("a%2f..%2f..%2fadmin")]
    [InlineData("a%5c..%5cadmin")]
    [InlineData("a\\b")]
    [InlineData("/evil.example/x")]
    [InlineData("a//b")]
    [InlineData("%2fevil.example")]
    [InlineData("a#b")]
    [InlineData("a%00b")]
    [InlineData("a%0d%0aHost:%20evil")]
    [InlineData("a b")]
    [InlineData("..;/admin")]
    [InlineData("a/..;x=1/..;/admin")]
    [InlineData("%2e%2e;/admin")]
    [InlineData("..%3b/admin")]
    [InlineData("..%253b/admin")]
    [InlineData(";x=1/admin")]
    [InlineData("a/;/b")]
    [InlineData("%c0%ae%c0%ae/admin")]
    [InlineData("..%c0%af")]
    [InlineData("%25c0%25ae%25c0%25ae/admin")]
    [InlineData("a/%ff")]
    [InlineData("..%20/admin")]
    [InlineData("%20../admin")]
    [InlineData("..%c2%a0/admin")]
    [InlineData("a/%20/b")]
    [InlineData("\u00e4")]
    public void Nothing_leads_out_of_it(string path) => Assert.Equal("path_refused", ProxyPath.Read(path).Problem?.Code);

    [Theory]
    [InlineData("", "", "https://api.example.com/v1")]
    [InlineData("users/me", "", "https://api.example.com/v1/users/me")]
    [InlineData("users/", "?a=%2F..%2F&b=//c", "https://api.example.com/v1/users/?a=%2F..%2F&b=//c")]
    [InlineData("projects/group%2Fname", "", "https://api.example.com/v1/projects/group%2Fname")]
    [InlineData("a...b/..c", "", "https://api.example.com/v1/a...b/..c")]
    [InlineData("caf%C3%A9/b%20c;v=1", "", "https://api.example.com/v1/caf%C3%A9/b%20c;v=1")]
    [InlineData("user@evil.example/x:1", "", "https://api.example.com/v1/user@evil.example/x:1")]
    public void What_stays_in_it_is_called_as_it_is_written(string path, string query, string address)
    {
        Assert.False(ProxyPath.Read(path + query).Failed(out _, out var read));
        Assert.False(Target.At(read!, null).Failed(out _, out var found));
        Assert.Equal(address, found!.OriginalString);
    }

    /// <summary>Whatever is put together of the pieces that such paths are made of: what is let through leads nowhere up, however often and however kindly it is read.</summary>
    [Fact]
    public void However_a_path_is_pieced_together_no_reading_of_what_is_let_through_leads_up()
    {
        string[] pieces = [".", "..", "%2e", "%2E%2e", "%252e", "/", "%2f", "%252F", ";", "%3b", ";x=1", "%20", "%09", "%c0%ae", "%c0%af", "%e0%80%af", "%5c", "a", "b.c", "%C3%A4", "%"];
        var random = new Random(20261129);
        var passed = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var path = string.Concat(Enumerable.Range(0, random.Next(1, 7)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (ProxyPath.Read(path).Failed(out _, out _))
            {
                continue;
            }

            passed++;
            Assert.False(LeadsUp(path), path);
        }

        Assert.True(passed > 1000);
    }

    /// <summary>Reads as a careless server does: octet by octet, letters that are written too long included, parameters and white space off.</summary>
    private static bool LeadsUp(string path)
    {
        for (var i = 0; i < 6; i++)
        {
            if (path.Split('/', '\\').Any(segment => segment.Split(';')[0].Trim() is "." or ".."))
            {
                return true;
            }

            path = System.Text.RegularExpressions.Regex.Replace(path, "%([0-9A-Fa-f]{2})", octet => ((char)Convert.ToByte(octet.Groups[1].Value, 16)).ToString())
                .Replace("\u00c0\u00ae", ".", StringComparison.Ordinal).Replace("\u00c0\u00af", "/", StringComparison.Ordinal).Replace("\u00e0\u0080\u00af", "/", StringComparison.Ordinal);
        }

        return false;
    }

    [Theory]
    [InlineData("https://api.example.com")]
    [InlineData("https://API.example.com/")]
    [InlineData("https://api.example.com:443")]
    public void Whoever_names_the_bases_own_host_stays_behind_the_base(string origin)
    {
        Assert.False(Target.At(new ProxyPath("x", ""), origin).Failed(out _, out var found));
        Assert.Equal("https://api.example.com/v1/x", found!.OriginalString);
    }

    [Theory]
    [InlineData("https://files.example.com", true)]
    [InlineData("https://a.cdn.example.com", true)]
    [InlineData("https://api.example.com", true)]
    [InlineData("https://cdn.example.com", false)]
    [InlineData("http://files.example.com", false)]
    [InlineData("https://files.example.com:8443", false)]
    [InlineData("https://files.example.com/path", false)]
    [InlineData("https://user@files.example.com", false)]
    [InlineData("https://files.example.com.evil.example", false)]
    [InlineData("https://evilfiles.example.com", false)]
    [InlineData("https://169.254.169.254", false)]
    [InlineData("files.example.com", false)]
    [InlineData("https://xn--\u00e4.example.com", false)]
    public void Another_host_is_called_only_where_the_provider_has_it(string origin, bool allowed) =>
        Assert.Equal(allowed ? null : "host_refused", Target.At(new ProxyPath("x", ""), origin).Problem?.Code);
}
