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
    [InlineData("\u00e4")]
    public void Nothing_leads_out_of_it(string path) => Assert.Equal("path_refused", ProxyPath.Read(path).Problem?.Code);

    [Theory]
    [InlineData("", "", "https://api.example.com/v1")]
    [InlineData("users/me", "", "https://api.example.com/v1/users/me")]
    [InlineData("users/", "?a=%2F..%2F&b=//c", "https://api.example.com/v1/users/?a=%2F..%2F&b=//c")]
    [InlineData("projects/group%2Fname", "", "https://api.example.com/v1/projects/group%2Fname")]
    [InlineData("a...b/..c", "", "https://api.example.com/v1/a...b/..c")]
    [InlineData("user@evil.example/x:1", "", "https://api.example.com/v1/user@evil.example/x:1")]
    public void What_stays_in_it_is_called_as_it_is_written(string path, string query, string address)
    {
        Assert.False(ProxyPath.Read(path + query).Failed(out _, out var read));
        Assert.False(Target.At(read!, null).Failed(out _, out var found));
        Assert.Equal(address, found!.OriginalString);
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
