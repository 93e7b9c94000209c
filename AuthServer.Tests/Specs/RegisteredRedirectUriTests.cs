using AuthServer.Configuration;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 9700 §4.1 and RFC 8252 §7: which redirect URIs an operator can register at all. One start reports them all.</summary>
public sealed class RegisteredRedirectUriTests
{
    private static readonly string[] Refused =
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:alert(1)", "\u0001javascript:alert(1)", "java%73cript:alert(1)", " javascript:alert(1)",
        "data:text/html,x", "DATA:text/html,x", "vbscript:x", "VbScript:x", "file:///etc/passwd", "File:///x", "blob:https://client.example/x",
        "about:blank", "filesystem:https://client.example/x", "view-source:https://client.example/", "ftp://client.example/", "ws://client.example/", "mailto:a@b.example",
        "https://user@client.example/cb", "https://user:word@client.example/cb", "https://@client.example/cb", "https://:@client.example/cb",
        "https://client.example/cb#", "https://client.example/cb#x", "https://client.example\\cb", "https:\\\\client.example\\cb", "https:/client.example/cb", "https:client.example/cb",
        "http://client.example/cb", "HTTP://localhost/cb", "HTTPS://client.example/cb", "https://CLIENT.example/cb", "https://кли.example/cb", "https://client.example/ключ",
        "https://127.1/cb", "https://2130706433/cb", "https://0x7f000001/cb", "https://0177.0.0.1/cb", "https://127.0.0.1./cb", "https://0x7f.0.0.1/cb",
        "http://127.1/cb", "http://2130706433/cb", "http://0x7f000001/cb", "http://0.0.0.0/cb", "http://127.0.0.2/cb", "http://[::ffff:127.0.0.1]/cb", "http://[0:0:0:0:0:0:0:1]/cb",
        "https://client.example./cb", "https://client.example:0/cb", "http://127.0.0.1:0/cb", "https://client.example:/cb", "https://client.example:65536/cb", "https://client.example:0443/cb",
        "https://client.example/a/../cb", "https://client.example/./cb", "https://client.example/%2e%2e/cb", "https://client.example/a/%2E%2E/cb", "https://client.example/.%2e/cb",
        "https://client.example/c b", "https://client.example/cb\r\nx", "https://client%2eexample/cb", "https:///cb", "https://", "//client.example/cb", "/cb", "cb", "*",
        "https://*.client.example/cb", "https://client.example/\"><script>", "http://localhost.evil.example/cb", "http://127.0.0.1@evil.example/cb",
    ];

    private static readonly string[] Accepted =
    [
        "https://client.example/cb", "https://client.example", "https://client.example/", "https://client.example:8443/cb", "https://client.example:443/cb", "https://client.example/cb?a=b",
        "https://xn--pple-43d.example/cb", "http://127.0.0.1/cb", "http://127.0.0.1:8080/cb", "http://[::1]/cb", "http://localhost:3000/cb", "com.example.app:/cb", "com.example.app:/cb/deep",
    ];

    [Fact]
    [Trait("negative", "1")]
    [Trait("negative", "3")]
    [Trait("negative", "4")]
    public async Task Addresses_that_browsers_repair_or_run_cannot_be_registered_and_all_are_named_at_once()
    {
        var faults = await FaultsAsync("native", [.. Refused, .. Accepted]);

        // Configuration drops an empty value; every other one is answered for, by its own line.
        var missing = Refused.Where(uri => !faults.Contains($"'{uri}'", StringComparison.Ordinal)).ToArray();
        Assert.True(missing.Length == 0, "Accepted: " + string.Join(" | ", missing));
        var wrong = Accepted.Where(uri => faults.Contains($"'{uri}'", StringComparison.Ordinal)).ToArray();
        Assert.True(wrong.Length == 0, "Refused: " + string.Join(" | ", wrong));
    }

    [Fact]
    [Trait("negative", "3")]
    public async Task A_web_client_has_no_private_use_scheme()
    {
        var faults = await FaultsAsync("web", ["com.example.app:/cb", "https://client.example/cb"]);

        Assert.Contains("'com.example.app:/cb'", faults, StringComparison.Ordinal);
        Assert.DoesNotContain("'https://client.example/cb'", faults, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("negative", "3")]
    public async Task An_address_after_signing_out_is_held_to_the_same_rules()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Flows.StartAsync(("AuthServer:Clients:0:PostLogoutRedirectUris:0", "javascript:alert(1)")));

        Assert.Contains("'javascript:alert(1)'", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string> FaultsAsync(string applicationType, string[] uris)
    {
        var client = uris.Select((uri, i) => ($"RedirectUris:{i}", uri)).Append(("ApplicationType", applicationType)).ToArray();

        // One fault that is always there, so that the start ends here whatever the addresses are.
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => TestServer.StartAsync([.. Flows.Client(0, "c", [.. client, ("ConsentType", "nonsense")])]));
        return refused.Message;
    }
}
