using System.Net;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Tests.Support;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Tests.Accounts;

/// <summary>negative-tests.md 56: brute force is slow, and nobody can lock an owner out.</summary>
public sealed class SignInPaceTests
{
    private readonly TestClock _clock = new();
    private readonly KnownDevices _devices = new(new EphemeralDataProtectionProvider(), new IssuerUri("http://localhost"));
    private readonly SignInPace _pace;

    public SignInPaceTests() => _pace = new SignInPace(new AuthServerOptions(), _devices, _clock);

    [Fact]
    public void Ten_attempts_a_minute_on_one_account_from_one_address()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, Try("10.0.0.1", "ada@example.com"));
        }

        Assert.True(Try("10.0.0.1", "ada@example.com") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, Try("10.0.0.1", "grace@example.com"));
        _clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TimeSpan.Zero, Try("10.0.0.1", "ada@example.com"));
    }

    [Fact]
    public void Thirty_failures_a_minute_from_one_address_whatever_the_account()
    {
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(TimeSpan.Zero, Try("10.0.0.1", $"user{i}@example.com"));
        }

        Assert.True(Try("10.0.0.1", "one-more@example.com") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, Try("10.0.0.2", "one-more@example.com"));
    }

    [Fact]
    public void One_IPv6_network_counts_as_one_address()
    {
        for (var i = 0; i < 30; i++)
        {
            Try($"2001:db8:1:2::{i:x}", $"user{i}@example.com");
        }

        Assert.True(Try("2001:db8:1:2:ffff::1", "one-more@example.com") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, Try("2001:db8:1:3::1", "one-more@example.com"));
    }

    [Fact]
    public void Many_addresses_cannot_try_one_account_faster_than_sixty_times_a_minute()
    {
        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(TimeSpan.Zero, Try($"10.0.1.{i}", "ada@example.com"));
        }

        Assert.True(Try("10.0.2.1", "ADA@example.com") > TimeSpan.Zero);
    }

    [Fact]
    public void The_owners_browser_is_not_kept_out_by_what_others_do()
    {
        var cookie = Remembered("ada@example.com");
        for (var i = 0; i < 100; i++)
        {
            Try($"10.0.1.{i}", "ada@example.com");
            Try("10.0.0.1", "ada@example.com");
        }

        Assert.True(Try("10.0.0.1", "ada@example.com") > TimeSpan.Zero);
        Assert.Equal(TimeSpan.Zero, Try("10.0.0.1", "ada@example.com", cookie));
    }

    [Fact]
    public void A_known_browser_is_limited_too()
    {
        var cookie = Remembered("ada@example.com");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, Try($"10.0.3.{i}", "ada@example.com", cookie));
        }

        Assert.True(Try("10.0.3.99", "ada@example.com", cookie) > TimeSpan.Zero);
    }

    [Fact]
    public void A_browser_known_for_one_account_is_a_stranger_to_another()
    {
        var cookie = Remembered("mallory@example.com");
        for (var i = 0; i < 60; i++)
        {
            Try($"10.0.1.{i}", "ada@example.com");
        }

        Assert.True(Try("10.0.2.1", "ada@example.com", cookie) > TimeSpan.Zero);
    }

    [Theory]
    [InlineData("made-up")]
    [InlineData("")]
    public void A_made_up_device_is_a_stranger(string cookie) =>
        Assert.Null(_pace.Attempt(Request("10.0.0.1", "device=" + cookie), "ada@example.com").Device);

    [Fact]
    public void A_browser_is_known_for_the_last_eight_accounts()
    {
        string? cookie = null;
        foreach (var name in "abcdefghi")
        {
            cookie = Remembered($"{name}@example.com", cookie);
        }

        Assert.Null(_devices.Find(Request("10.0.0.1", cookie), "A@EXAMPLE.COM"));
        Assert.NotNull(_devices.Find(Request("10.0.0.1", cookie), "B@EXAMPLE.COM"));
        Assert.NotNull(_devices.Find(Request("10.0.0.1", cookie), "I@EXAMPLE.COM"));
    }

    /// <summary>One failing attempt; how long it was told to wait.</summary>
    private TimeSpan Try(string address, string email, string? cookie = null)
    {
        var attempt = _pace.Attempt(Request(address, cookie), email);
        var wait = _pace.WaitFor(attempt);
        if (wait == TimeSpan.Zero)
        {
            _pace.Started(attempt);
            _pace.Failed(attempt);
        }

        return wait;
    }

    private string Remembered(string email, string? cookie = null)
    {
        var http = Request("10.9.9.9", cookie);
        _devices.Remember(http, email.ToUpperInvariant());
        return http.Response.Headers.SetCookie.ToString().Split(';')[0];
    }

    private static DefaultHttpContext Request(string address, string? cookie)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(address);
        http.Request.Headers.Cookie = cookie;
        return http;
    }
}
