using AuthServer.Configuration;
using AuthServer.Mail;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mail;

/// <summary>What the settings of mail may be.</summary>
public sealed class MailSettingsTests
{
    [Theory]
    [InlineData(null, null, 587, MailSecurity.StartTls)]
    [InlineData(null, MailSecurity.Tls, 465, MailSecurity.Tls)]
    [InlineData(465, null, 465, MailSecurity.Tls)]
    [InlineData(2525, null, 2525, MailSecurity.StartTls)]
    public void Port_and_security_follow_from_each_other(int? port, MailSecurity? security, int expectedPort, MailSecurity expectedSecurity)
    {
        var server = Read(new() { Host = "mail.example", From = "auth@example.com", Port = port, Security = security }).Server!;

        Assert.Equal((expectedPort, expectedSecurity, "AuthServer"), (server.Port, server.Security, server.FromName));
    }

    [Fact]
    public void Without_a_host_no_mail_is_sent() => Assert.Null(Read(new()).Server);

    [Fact]
    public void A_password_may_be_a_reference()
    {
        using var home = new TempFolder();
        File.WriteAllText(Path.Combine(home.Path, "mail-password"), "very secret\n");
        var faults = new List<string>();
        var settings = MailSettingsCheck.Read(
            new() { Host = "mail.example", From = "auth@example.com", User = "auth", Password = "file:mail-password" }, home.Path, faults);

        Assert.Empty(faults);
        Assert.Equal("very secret", settings.Server!.Password);
    }

    [Theory]
    [InlineData("Host", "mail example", "is no host name")]
    [InlineData("Port", "70000", "between 1 and 65535")]
    [InlineData("Security", "None", "on this machine only")]
    [InlineData("From", "", "must be an e-mail address")]
    [InlineData("From", "Auth <auth@example.com>", "must be an e-mail address")]
    [InlineData("FromName", "Auth\nBcc: all@example.com", "must be one line")]
    [InlineData("User", "", "both User and Password")]
    [InlineData("Password", "env:AUTHSERVER_TEST_NOT_SET", "is empty or not set")]
    [InlineData("Authorities", "no certificate", "holds no certificate")]
    [InlineData("Kept", "00:10:00", "between one and 365 days")]
    public async Task A_setting_that_cannot_be_stops_the_start_and_is_named(string key, string value, string says)
    {
        (string, string)[] settings =
        [
            ("AuthServer:Mail:Host", "mail.example"), ("AuthServer:Mail:From", "auth@example.com"), ("AuthServer:Mail:User", "auth"), ("AuthServer:Mail:Password", "secret"),
            ("AuthServer:Mail:" + key, value),
        ];
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => TestServer.StartAsync(settings));

        Assert.Contains(refused.Faults, fault => fault.Contains("AuthServer:Mail", StringComparison.Ordinal) && fault.Contains(says, StringComparison.Ordinal));
        Assert.DoesNotContain(refused.Faults, fault => fault.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_forgotten_host_is_told()
    {
        var faults = new List<string>();
        MailSettingsCheck.Read(new() { From = "auth@example.com" }, ".", faults);

        Assert.Contains("Host is missing", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Plain_text_goes_to_this_machine(string host) =>
        Assert.Equal(MailSecurity.None, Read(new() { Host = host, From = "auth@example.com", Security = MailSecurity.None }).Server!.Security);

    private static MailSettings Read(MailOptions options)
    {
        var faults = new List<string>();
        var settings = MailSettingsCheck.Read(options, ".", faults);
        Assert.Empty(faults);
        return settings;
    }
}
