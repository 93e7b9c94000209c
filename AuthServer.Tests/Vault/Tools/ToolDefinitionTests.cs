using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Tools;

namespace AuthServer.Tests.Vault.Tools;

/// <summary>Tools as definitions say them: the shipped ones, and what is refused of others.</summary>
public sealed class ToolDefinitionTests
{
    private const string Good = """{"name":"get_thing","title":"Get","description":"Gets.","input_schema":{"type":"object","properties":{"id":{"type":"string"}}},"path":"/things/{id}"}""";

    public static TheoryData<string, string, string, string, string?> Shipped => new()
    {
        { "gmail_search_messages", """{"query":"from:ada is:unread","max_results":5}""", "GET", "/gmail/v1/users/me/messages?q=from%3Aada%20is%3Aunread&maxResults=5", null },
        { "gmail_get_message", """{"id":"18f","format":"full"}""", "GET", "/gmail/v1/users/me/messages/18f?format=full", null },
        {
            "gmail_send_message", """{"to":"a@b.example","subject":"S","text":"T"}""", "POST", "/gmail/v1/users/me/messages/send",
            """{"raw":"VG86IGFAYi5leGFtcGxlDQpTdWJqZWN0OiA9P3V0Zi04P0I_VXc9PT89DQpNSU1FLVZlcnNpb246IDEuMA0KQ29udGVudC1UeXBlOiB0ZXh0L3BsYWluOyBjaGFyc2V0PXV0Zi04DQpDb250ZW50LVRyYW5zZmVyLUVuY29kaW5nOiBiYXNlNjQNCg0KVkE9PQ0K"}"""
        },
        { "slack_list_channels", """{"limit":20,"exclude_archived":true}""", "GET", "/conversations.list?limit=20&exclude_archived=true", null },
        { "slack_read_channel", """{"channel":"C1"}""", "GET", "/conversations.history?channel=C1", null },
        { "slack_post_message", """{"channel":"C1","text":"hi"}""", "POST", "/chat.postMessage", """{"channel":"C1","text":"hi"}""" },
        { "github_search_issues", """{"query":"repo:a/b is:open","page":2}""", "GET", "/search/issues?q=repo%3Aa%2Fb%20is%3Aopen&page=2", null },
        { "github_get_issue", """{"owner":"a","repo":"b","number":7}""", "GET", "/repos/a/b/issues/7", null },
        { "github_create_issue", """{"owner":"a","repo":"b","title":"T","labels":["bug"]}""", "POST", "/repos/a/b/issues", """{"title":"T","labels":["bug"]}""" },
        { "jira_search_issues", """{"jql":"project = A","fields":["summary","status"]}""", "GET", "/search/jql?jql=project%20%3D%20A&fields=summary%2Cstatus", null },
        {
            "jira_create_issue", """{"project":"A","type":"Task","summary":"S","description":"D"}""", "POST", "/issue",
            """{"fields":{"project":{"key":"A"},"issuetype":{"name":"Task"},"summary":"S","description":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"D"}]}]}}}"""
        },
        {
            "jira_add_comment", """{"issue":"A-1","text":"T"}""", "POST", "/issue/A-1/comment",
            """{"body":{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"T"}]}]}}"""
        },
        { "notion_search", """{"query":"plan"}""", "POST", "/search", """{"query":"plan"}""" },
        { "notion_read_page", """{"page_id":"0123456789abcdef0123456789abcdef"}""", "GET", "/blocks/0123456789abcdef0123456789abcdef/children", null },
        {
            "notion_append_text", """{"page_id":"0123456789abcdef0123456789abcdef","text":"T"}""", "PATCH", "/blocks/0123456789abcdef0123456789abcdef/children",
            """{"children":[{"object":"block","type":"paragraph","paragraph":{"rich_text":[{"type":"text","text":{"content":"T"}}]}}]}"""
        },
    };

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Each_shipped_tool_makes_the_call_that_its_provider_documents(string name, string arguments, string method, string address, string? body)
    {
        var tool = Assert.Single(ShippedTools(), tool => tool.Name == name);
        Assert.False(ToolRequest.Make(tool, JsonNode.Parse(arguments)!.AsObject()).Failed(out var problem, out var request), JsonSerializer.Serialize(problem));
        Assert.Equal((method, address, body), (request!.Method, request.Path + request.Query, request.Body?.ToJsonString()));
    }

    [Fact]
    public void Gmail_Slack_GitHub_Jira_and_Notion_have_three_tools_each_and_no_two_have_one_name()
    {
        Assert.Equal(
            [("github", 3), ("gmail", 3), ("jira", 3), ("notion", 3), ("slack", 3)],
            ShippedProviders.All.Where(provider => provider.Tools.Count > 0).Select(provider => (provider.Id, provider.Tools.Count)).Order());
        Assert.Equal(Shipped.Select(row => (string)row[0]).Order(StringComparer.Ordinal), ShippedTools().Select(tool => tool.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("name", "\"Get Thing\"", "tools[0].name")]
    [InlineData("title", "\"\"", "tools[0].title")]
    [InlineData("description", "\"\\u202e\"", "tools[0].description")]
    [InlineData("method", "\"CONNECT\"", "tools[0].method")]
    [InlineData("effect", "\"write\"", "tools[0].method")]
    [InlineData("body", "{}", "tools[0].body")]
    [InlineData("path", "\"things\"", "tools[0].path")]
    [InlineData("path", "\"//evil.example/\"", "tools[0].path")]
    [InlineData("path", "\"/a/../b\"", "tools[0].path")]
    [InlineData("path", "\"/a%2e%2e/b\"", "tools[0].path")]
    [InlineData("path", "\"/a?b=c\"", "tools[0].path")]
    [InlineData("path", "\"/{other}\"", "tools[0].path")]
    [InlineData("query", """{"a":"{other}"}""", "tools[0].query.a")]
    [InlineData("query", """{"a b":"{id}"}""", "tools[0].query.a b")]
    [InlineData("input_schema", """{"type":"object","properties":{"id":{"type":"string"},"account_id":{"type":"string"}}}""", "tools[0].input_schema.properties.account_id")]
    [InlineData("input_schema", """{"type":"object","properties":{"id":{"type":"string"},"access_token":{"type":"string"}}}""", "tools[0].input_schema.properties.access_token")]
    [InlineData("input_schema", """{"type":"string"}""", "tools[0].input_schema")]
    [InlineData("input_schema", "true", "tools[0].input_schema")]
    [InlineData("input_schema", """{"type":"object","properties":{"id":{"type":"string","pattern":"(a+)+$"}}}""", "tools[0].input_schema.properties.id.pattern")]
    [InlineData("input_schema", """{"type":"object","properties":{"id":{"$ref":"https://evil.example/schema"}}}""", "tools[0].input_schema.properties.id.$ref")]
    [InlineData("input_schema", """{"type":"object","properties":{"id":{"type":"strong"}}}""", "tools[0].input_schema")]
    public void What_cannot_be_called_as_it_is_written_is_refused_by_its_path(string member, string value, string path)
    {
        var tool = JsonNode.Parse(Good)!.AsObject();
        tool[member] = JsonNode.Parse(value);
        var faults = new Faults();

        ToolCheck.Run([tool.Deserialize<ProviderTool>(ApiJson.Requests)!], faults);

        Assert.Equal([path], faults.Problem!.Errors!.Keys.Take(1));
    }

    [Fact]
    public void What_can_be_is_not()
    {
        var faults = new Faults();
        ToolCheck.Run([JsonNode.Parse(Good)!.Deserialize<ProviderTool>(ApiJson.Requests)!], faults);
        Assert.Null(faults.Problem);
    }

    private static IEnumerable<ProviderTool> ShippedTools() => ShippedProviders.All.SelectMany(provider => provider.Tools);
}
