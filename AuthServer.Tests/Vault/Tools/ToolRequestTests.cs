using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Tools;

namespace AuthServer.Tests.Vault.Tools;

/// <summary>What a tool's definition and a model's arguments make of each other. The arguments are a stranger's: they choose values, never the call.</summary>
public sealed class ToolRequestTests
{
    private const string Properties =
        """
        "id": { "type": "string" }, "limit": { "type": "integer", "minimum": 1, "maximum": 10 }, "tags": { "type": "array", "items": { "type": "string" } },
        "draft": { "type": "boolean" }, "to": { "type": "string" }, "subject": { "type": "string" }, "text": { "type": "string" }
        """;

    [Fact]
    public void Arguments_stand_where_the_definition_says()
    {
        var request = Make(
            new { id = "a b?c#d%2F", limit = 5, tags = new[] { "x", "y&z" } },
            Tool() with { Path = "/things/{id}/parts", Query = new Dictionary<string, string> { ["max"] = "{limit}", ["tags"] = "{tags}", ["q"] = "id:{id}", ["fixed"] = "1" } });

        Assert.Equal("/things/a%20b%3Fc%23d%252F/parts", request.Path);
        Assert.Equal("?max=5&tags=x%2Cy%26z&q=id%3Aa%20b%3Fc%23d%252F&fixed=1", request.Query);
        Assert.Null(request.Body);
    }

    [Fact]
    public void What_is_not_given_is_left_out()
    {
        var tool = Posting("""{"id":"{id}","limit":"{limit}","nested":{"tags":"{tags}"},"list":[{"name":"{to}"}],"note":"for {to}","empty":{}}""");

        var request = Make(new { id = "1" }, tool with { Query = new Dictionary<string, string> { ["max"] = "{limit}" } });

        Assert.Equal("", request.Query);
        Assert.Equal("""{"id":"1","empty":{}}""", request.Body!.ToJsonString());
    }

    [Fact]
    public void A_text_that_is_one_argument_keeps_its_kind_and_no_argument_is_read_as_a_place_again()
    {
        var request = Make(
            new { id = "{text}\"},{\"admin\":true", limit = 3, draft = false, tags = new[] { "a" }, text = "secret" },
            Posting("""{"id":"{id}","say":"<{id}>","limit":"{limit}","draft":"{draft}","tags":"{tags}","always":[1,true,null]}"""));

        var body = JsonElement.Parse(request.Body!.ToJsonString());
        Assert.Equal("{text}\"},{\"admin\":true", body.GetProperty("id").GetString());
        Assert.Equal("<{text}\"},{\"admin\":true>", body.GetProperty("say").GetString());
        Assert.Equal("""[3,false,["a"]]""", $"[{body.GetProperty("limit")},{(body.GetProperty("draft").GetBoolean() ? "true" : "false")},{body.GetProperty("tags").GetRawText()}]");
        Assert.Equal(6, body.EnumerateObject().Count());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a/b")]
    [InlineData("..\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    public void An_argument_cannot_lead_to_another_path(string id)
    {
        var problem = Refuse(new { id }, Tool() with { Path = "/things/{id}" });

        Assert.Equal(["arguments.id"], problem);
    }

    [Fact]
    public void A_mail_is_written_so_that_its_reader_finds_what_was_said()
    {
        var request = Make(
            new { to = "ada@example.com, bob@example.com", subject = "Grüße ✉", text = string.Join('\n', Enumerable.Repeat("Zeile für Zeile", 20)) },
            Posting("""{"raw":{"$message":["To: {to}","Cc: {id}","Subject: =?utf-8?B?{subject|base64}?=","","{text|base64lines}"]}}"""));

        var lines = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(request.Body!["raw"]!.GetValue<string>())).Split("\r\n");
        Assert.Equal(["To: ada@example.com, bob@example.com", $"Subject: =?utf-8?B?{Convert.ToBase64String("Grüße ✉"u8)}?=", ""], lines[..3]);
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 76));
        Assert.Equal("Zeile für Zeile\nZeile", Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(lines[3..])))[..21]);
    }

    [Theory]
    [InlineData("ada@example.com\r\nBcc: eve@example.com")]
    [InlineData("ada@example.com\nBcc: eve@example.com")]
    [InlineData("ada@example.com\u0085Bcc: eve@example.com")]
    public void A_mail_has_no_header_that_the_definition_does_not_have(string to)
    {
        Assert.Equal(["arguments.to"], Refuse(new { to, subject = "s", text = "t" }, Posting("""{"raw":{"$message":["To: {to}","","{text|base64}"]}}""")));
    }

    [Theory]
    [InlineData("""{"id":1}""", "arguments.id")]
    [InlineData("""{"id":"x","limit":11}""", "arguments.limit")]
    [InlineData("""{"id":"x","limit":"5"}""", "arguments.limit")]
    [InlineData("""{"id":"x","tags":["a",2]}""", "arguments.tags.1")]
    [InlineData("""{"id":"x","admin":true}""", "arguments.admin")]
    [InlineData("""{"limit":2}""", "arguments")]
    public void Arguments_that_break_the_schema_are_refused_by_their_path(string arguments, string path)
    {
        var tool = Tool() with { InputSchema = JsonElement.Parse($$"""{"type":"object","properties":{ {{Properties}} },"required":["id"],"additionalProperties":false}""") };

        Assert.Equal([path], Refuse(JsonNode.Parse(arguments)!.AsObject(), tool));
    }

    [Fact]
    public void A_refusal_does_not_repeat_what_was_sent()
    {
        var tool = Tool() with { InputSchema = JsonElement.Parse($$"""{"type":"object","properties":{ {{Properties}}, "kind": { "enum": ["a"] } },"additionalProperties":false}""") };

        Assert.True(ToolRequest.Make(tool, JsonNode.Parse("""{"kind":"hunter2","limit":"hunter2","id":17}""")!.AsObject()).Failed(out var problem, out _));
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(problem), StringComparison.Ordinal);
    }

    private static ProviderTool Tool() => new()
    {
        Name = "tool",
        Title = "Tool",
        Description = "A tool.",
        InputSchema = JsonElement.Parse($$$"""{"type":"object","properties":{ {{{Properties}}} }}"""),
        Path = "/things",
    };

    private static ProviderTool Posting(string body) => Tool() with { Method = "POST", Effect = ToolEffect.Write, Body = JsonElement.Parse(body) };

    private static ToolRequest Make(object arguments, ProviderTool tool)
    {
        Assert.False(ToolRequest.Make(tool, JsonSerializer.SerializeToNode(arguments)!.AsObject()).Failed(out var problem, out var request), problem?.Detail);
        return request!;
    }

    private static string[] Refuse(object arguments, ProviderTool tool)
    {
        Assert.True(ToolRequest.Make(tool, arguments as JsonObject ?? JsonSerializer.SerializeToNode(arguments)!.AsObject()).Failed(out var problem, out _));
        return [.. problem!.Errors!.Keys];
    }
}
