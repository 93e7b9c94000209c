using AuthServer.Configuration;
using Microsoft.Extensions.Configuration;

namespace AuthServer.Tests.Configuration;

/// <summary>What the page of the configuration masks. Whatever nobody thought of is masked.</summary>
public sealed class SecretKeysTests
{
    [Theory]
    [InlineData("Clients:0:ClientSecret")]
    [InlineData("Bootstrap:AdminPassword")]
    [InlineData("Keys:MasterKey")]
    [InlineData("Vault:KeyCommand")]
    [InlineData("Vault:Providers:github:ClientSecret")]
    [InlineData("SignIn:External:0:ClientSecret")]
    [InlineData("Registration:InitialAccessToken")]
    [InlineData("Users:0:Password")]
    [InlineData("Clients:0:Jwks")]
    public void A_secret_is_masked(string path) => Assert.Equal(SecretKeys.Mask, SecretKeys.Shown(path, "hunter2", isKnown: true));

    [Theory]
    [InlineData("Keys:SomethingNew")]
    [InlineData("Mail:ApiKeyOfTomorrow")]
    [InlineData("Whatever:Nobody:Knows")]
    public void What_the_server_does_not_know_is_masked(string path) => Assert.Equal(SecretKeys.Mask, SecretKeys.Shown(path, "hunter2", isKnown: false));

    [Theory]
    [InlineData("Keys:MasterKey", "file:/run/secrets/master")]
    [InlineData("Mail:Password", "env:MAIL_PASSWORD")]
    public void Where_a_secret_is_may_be_seen(string path, string reference) => Assert.Equal(reference, SecretKeys.Shown(path, reference, isKnown: true));

    [Theory]
    [InlineData("Tokens:AccessToken", "00:15:00")]
    [InlineData("Keys:Directory", "keys")]
    [InlineData("Issuer", "https://auth.example.com")]
    [InlineData("Outbound:AllowedPrivateHosts:0", "gitlab.internal:443")]
    public void What_is_no_secret_is_shown(string path, string value) => Assert.Equal(value, SecretKeys.Shown(path, value, isKnown: true));

    [Fact]
    public void Of_a_connection_string_only_the_place_is_shown()
    {
        var shown = SecretKeys.Shown("Database:ConnectionString", "Host=db.example;Database=auth;Username=ada;Password=hunter2;Passfile=/x;Options=-c secret=1", isKnown: true);

        Assert.Contains("db.example", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("ada", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("secret=1", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_what_logs_are_sent_to_nothing_is_shown_but_how_much_is_logged()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://localhost:5080",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:Seq:ServerUrl"] = "https://seq.example/?apikey=hunter2",
            ["Logging:Otlp:Headers"] = "x-team=hunter2",
        }).Build();
        var shown = new SettingsInForce(configuration).All().ToDictionary(setting => setting.Key, setting => setting.Value, StringComparer.Ordinal);

        Assert.Equal(("http://localhost:5080", "Warning"), (shown["Urls"], shown["Logging:LogLevel:Default"]));
        Assert.Equal((SecretKeys.Mask, SecretKeys.Mask), (shown["Logging:Seq:ServerUrl"], shown["Logging:Otlp:Headers"]));
    }

    [Fact]
    public void Where_a_setting_came_from_is_known()
    {
        const string key = "AuthServer:Bootstrap:AdminPassword";
        Environment.SetEnvironmentVariable("OFTESTS_" + key.Replace(":", "__", StringComparison.Ordinal), "hunter2");
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("OFTESTS_").AddCommandLine(["--AuthServer:Issuer=https://id.example"]).Build();
        var settings = new SettingsInForce(configuration);

        Assert.Equal(
            (SettingSource.Environment, SettingSource.CommandLine, SettingSource.Default),
            (settings.SourceOf(key), settings.SourceOf("AuthServer:Issuer"), settings.SourceOf("AuthServer:Mail:Host")));
    }

    [Fact]
    public void An_address_is_shown_without_the_name_and_the_password_in_it() =>
        Assert.DoesNotContain("hunter2", SecretKeys.Shown("Resources:0:Url", "https://ada:hunter2@api.example/x", isKnown: true), StringComparison.Ordinal);
}
