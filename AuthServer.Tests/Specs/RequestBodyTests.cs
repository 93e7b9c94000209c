using System.Net;
using System.Net.Sockets;
using System.Text;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>What arrives where a form should: the server refuses it in RFC 6749's words and goes on.</summary>
[Trait("negative", "37")]
public sealed class RequestBodyTests(TokenSide side) : IClassFixture<TokenSide>
{
    private const string Good = "grant_type=client_credentials&scope=things.read";

    public static TheoryData<string> Endpoints => ["/connect/token", "/connect/introspect", "/connect/revoke"];

    [Theory]
    [InlineData("/connect/token", "application/json")]
    [InlineData("/connect/token", "text/plain")]
    [InlineData("/connect/token", "multipart/form-data; boundary=x")]
    [InlineData("/connect/token", "application/x-www-form-urlencoded; charset=utf-16")]
    [InlineData("/connect/token", "application/x-www-form-urlencodedx")]
    [InlineData("/connect/token", "")]
    [InlineData("/connect/token", null)]
    [InlineData("/connect/introspect", "application/json")]
    [InlineData("/connect/revoke", "application/json")]
    public async Task Another_content_type_is_refused(string endpoint, string? contentType)
    {
        using var response = await PostAsync(endpoint, Encoding.ASCII.GetBytes(Good), contentType);
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
        await AssertGoesOnAsync();
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-8")]
    [InlineData("APPLICATION/X-WWW-FORM-URLENCODED")]
    [InlineData("application/x-www-form-urlencoded;charset=\"utf-8\"")]
    public async Task The_form_type_may_be_written_in_every_way_that_means_the_same(string contentType)
    {
        using var response = await PostAsync("/connect/token", Encoding.ASCII.GetBytes(Good), contentType);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_json_body_is_refused_however_deep(string endpoint)
    {
        foreach (var json in new[] { """{"grant_type":"client_credentials"}""", new string('[', 30_000) })
        {
            using var response = await PostAsync(endpoint, Encoding.ASCII.GetBytes(json), "application/json");
            await Flows.AssertErrorAsync(response, 400, "invalid_request");
        }

        // And with the form's type it is a form with one strange name.
        using var disguised = await PostAsync(endpoint, Encoding.ASCII.GetBytes("""{"grant_type":"client_credentials"}"""));
        await Flows.AssertErrorAsync(disguised, 400, "invalid_request");
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task A_body_over_64_KiB_is_refused_whether_its_length_is_declared_or_not(string endpoint)
    {
        var large = Encoding.ASCII.GetBytes(Good + "&x=" + new string('a', 64 * 1024));
        using var declared = await PostAsync(endpoint, large);
        await Flows.AssertErrorAsync(declared, 413, "invalid_request");

        using var chunked = await side.SendAsync(
            HttpMethod.Post, endpoint, Body(large), ("Authorization", Basic("machine", Flows.Secret)), ("Transfer-Encoding", "chunked"));
        await Flows.AssertErrorAsync(chunked, 413, "invalid_request");
        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task A_body_of_exactly_64_KiB_is_read()
    {
        var padding = 64 * 1024 - Good.Length - 3;
        using var response = await PostAsync("/connect/token", Encoding.ASCII.GetBytes(Good + "&x=" + new string('a', padding)));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Ten_thousand_parameters_are_refused(string endpoint)
    {
        var body = Good + "&" + string.Join('&', Enumerable.Range(0, 10_000).Select(i => $"{i:x}="));
        using var response = await PostAsync(endpoint, Encoding.ASCII.GetBytes(body));
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
        await AssertGoesOnAsync();
    }

    [Theory]
    [InlineData("&scope=a%00b")]
    [InlineData("&x=%00")]
    [InlineData("&%00=x")]
    [InlineData("&x=%ff")]
    [InlineData("&x=%c0%af")]
    [InlineData("&x=%ed%a0%80")]
    [InlineData("&x=%f5%80%80%80")]
    [InlineData("&x=%")]
    [InlineData("&x=%4")]
    [InlineData("&x=%zz")]
    [InlineData("&x=%u0041")]
    public async Task Nul_invalid_utf8_and_broken_escapes_are_refused(string more)
    {
        using var response = await PostAsync("/connect/token", Encoding.ASCII.GetBytes(Good + more));
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
    }

    [Theory]
    [InlineData("0")]
    [InlineData("FF")]
    [InlineData("C3")]
    [InlineData("EDA080")]
    public async Task Raw_octets_that_are_not_utf8_text_are_refused(string hex)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(Good + "&x="), .. Convert.FromHexString(hex.PadLeft(hex.Length + (hex.Length % 2), '0'))];
        using var response = await PostAsync("/connect/token", body);
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
    }

    [Theory]
    [Trait("negative", "7")]
    [InlineData("/connect/token", Good + "&scope=things.write")]
    [InlineData("/connect/token", Good + "&grant_type=client_credentials")]
    [InlineData("/connect/token", Good + "&grant%5ftype=client_credentials")]
    [InlineData("/connect/token", Good + "&unknown=1&unknown=2")]
    [InlineData("/connect/introspect", "token=a&token=b")]
    [InlineData("/connect/introspect", "token=a&token_type_hint=x&token_type_hint=x")]
    [InlineData("/connect/revoke", "token=a&token=b")]
    [InlineData("/connect/revoke", "token=a&token_type_hint=x&token_type_hint=x")]
    public async Task A_parameter_that_stands_twice_is_refused(string endpoint, string body)
    {
        using var response = await PostAsync(endpoint, Encoding.ASCII.GetBytes(body));
        await Flows.AssertErrorAsync(response, 400, "invalid_request");
    }

    [Theory]
    [InlineData("/connect/token")]
    [InlineData("/connect/introspect")]
    [InlineData("/connect/revoke")]
    public async Task Only_POST_is_answered(string endpoint)
    {
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Head, HttpMethod.Patch })
        {
            using var response = await side.SendAsync(method, endpoint);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        }
    }

    [Fact]
    public async Task Requests_that_drip_hold_a_connection_and_nobody_else()
    {
        var connections = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var connection = await ConnectAsync(side.Server);
                connections.Add(connection);

                // Half of them stop in the head, half in the body.
                var head = $"POST /connect/token HTTP/1.1\r\nHost: {side.Server.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\n";
                await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(i % 2 == 0 ? head : head + "Content-Length: 1000\r\n\r\ngrant_type=c"));
            }

            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PostAsync("/connect/token", Encoding.ASCII.GetBytes(Good))));
            Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
            Array.ForEach(answers, answer => answer.Dispose());
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }

        await AssertGoesOnAsync();
    }

    [Fact]
    public async Task A_caller_that_goes_away_in_the_middle_breaks_nothing()
    {
        for (var i = 0; i < 20; i++)
        {
            using var connection = await ConnectAsync(side.Server);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /connect/token HTTP/1.1\r\nHost: {side.Server.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ngrant"));
        }

        await AssertGoesOnAsync();
        Assert.DoesNotContain(side.Server.Logs.All, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private Task<HttpResponseMessage> PostAsync(string endpoint, byte[] body, string? contentType = "application/x-www-form-urlencoded") =>
        side.SendAsync(HttpMethod.Post, endpoint, Body(body, contentType), ("Authorization", Basic("machine", Flows.Secret)));

    private async Task AssertGoesOnAsync()
    {
        using var response = await PostAsync("/connect/token", Encoding.ASCII.GetBytes(Good));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
