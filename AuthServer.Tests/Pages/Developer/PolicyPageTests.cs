using System.Net;
using System.Text.Json;
using AuthServer.Pages.Developer.Policies;
using AuthServer.Pages.Forms;
using AuthServer.Policies;
using AuthServer.Policies.Engine.Rules;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Policies;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>An organization's policies, as its members see, try and change them.</summary>
public sealed class PolicyPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string All = "/developer/policies";
    private const string Edit = All + "/edit";

    [Fact]
    public async Task A_developer_makes_one_in_the_form_goes_on_as_JSON_and_finds_the_same_in_the_API()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew, "developer");
        await browser.GoAsync(All);
        Assert.Contains("Nothing is narrowed", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(Edit + "?organization=" + crew.Id);
        await browser.SubmitAsync(new() { ["name"] = "Slow <script>", ["actions"] = "email:send\ncrm.*" }, "Limit how often");
        browser.IsOk();
        Assert.Equal("Slow <script>", browser.Value("name"));
        await browser.SubmitAsync(button: "Only known networks");
        await browser.SubmitAsync(
            new()
            {
                ["rules[0].config.maxRequests"] = "5",
                ["rules[0].config.windowSeconds"] = "1",
                ["rules[0].config.windowSeconds.unit"] = "minutes",
                ["rules[0].config.scope"] = "per_agent",
                ["rules[1].config.cidrs"] = "10.0.0.0/8\n192.0.2.1",
                ["priority"] = "-3",
            },
            "JSON");
        var text = browser.Value("json")!;
        Assert.Equal(-3, JsonElement.Parse(text).GetProperty("priority").GetInt32());
        await browser.SubmitAsync(button: "Form");
        Assert.Equal(("5", "1", "minutes"), (browser.Value("rules[0].config.maxRequests"), browser.Value("rules[0].config.windowSeconds"), browser.Value("rules[0].config.windowSeconds.unit")));
        Assert.Equal(["At most 5 requests within 1 minute, counted for each agent.", "The call comes from one of these networks: 10.0.0.0/8, 192.0.2.1."], browser.Page.QuerySelectorAll("#says li").Select(rule => rule.TextContent));
        Assert.Equal("10.0.0.0/8\n192.0.2.1", browser.Value("rules[1].config.cidrs"));
        await browser.SubmitAsync(button: "Make it");
        Assert.Contains("The policy is made", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Slow <script>", browser.Shown("h1"));

        var stored = (await crew.Key.GetAsync("/policies")).Is(HttpStatusCode.OK).Json.GetProperty("data")[0];
        Assert.Equal(
            """[{"type":"rate_limit","config":{"maxRequests":5,"windowSeconds":60,"scope":"per_agent"}},{"type":"ip_allowlist","config":{"cidrs":["10.0.0.0/8","192.0.2.1"]}}]""",
            stored.GetProperty("rules").GetRawText());
        Assert.Equal(["email:send", "crm.*"], stored.GetProperty("actions").EnumerateArray().Select(action => action.GetString()));
        await browser.GoAsync(All);
        Assert.Contains("Sets conditions, 2 rules", browser.Shown("tbody tr"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_rule_comes_out_of_the_form_as_its_example_went_in()
    {
        Assert.All(RuleTypes.All, type =>
        {
            var rule = JsonElement.Parse($$"""{"type":"{{type.Name}}","config":{{type.Example}}}""");
            var form = RuleForm.Of(3, rule)!;
            Assert.Equal(type.Members.Count, form.Questions.Count);
            Assert.True(JsonElement.DeepEquals(rule, JsonElement.Parse(form.Json().ToJsonString())), type.Name);
        });
    }

    [Fact]
    public async Task What_is_written_is_said_in_a_sentence_before_it_is_saved_and_agents_are_chosen_by_name()
    {
        var crew = await side.CrewAsync();
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json;
        var (id, name) = (agent.GetProperty("id").GetString()!, agent.GetProperty("name").GetString()!);
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Edit);
        Assert.Equal("It narrows nothing yet: it has no rules.", browser.Shown("#says p"));
        await browser.SubmitAsync(new() { ["name"] = "Never pays", ["effect"] = "deny", ["actions"] = "payments:*", ["agents"] = id, ["subjects.trustLevels"] = "root" }, "Read it again");
        browser.IsOk();
        Assert.Equal($"The agent {name} is never allowed payments:*.", browser.Shown("#says p"));
        Assert.Contains("Only agents of this trust: Root.", browser.Shown("#says"), StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Page.QuerySelectorAll("button"), button => button.TextContent.Contains("Limit how often", StringComparison.Ordinal));
        Assert.Empty((await crew.Key.GetAsync("/policies")).Json.GetProperty("data").EnumerateArray());

        await browser.SubmitAsync(button: "Make it");
        Assert.Equal($"The agent {name} is never allowed payments:*.", browser.Shown(".says p"));
        Assert.Equal(id, (await crew.Key.GetAsync("/policies")).Json.GetProperty("data")[0].GetProperty("subjects").GetProperty("agentIds")[0].GetString());
        await browser.GoAsync($"{Edit}?as=json");
        await browser.SubmitAsync(new() { ["json"] = """{"name":"x","rules":[{"type":"expires_after","config":{"seconds":86400}}]}""" }, "Read it again");
        Assert.Equal("The person agreed less than this ago: 1 day.", browser.Shown("#says li"));
        await browser.SubmitAsync(new() { ["json"] = "{" }, "Read it again");
        Assert.Equal("It is told here once it can be read.", browser.Shown("#says"));
        Assert.Empty(browser.FaultyFields());
    }

    [Fact]
    public void Every_kind_of_rule_has_words_and_says_itself_in_a_sentence() => Assert.All(RuleTypes.All, type =>
    {
        Assert.True(RuleWords.Words(type.Name).Length > 0 && RuleWords.Title(type.Name) != PolicyWords.Label(type.Name), type.Name);
        Assert.All(type.Members, member => Assert.NotEqual("", RuleWords.Member(member.Name)));
        Assert.DoesNotContain("not filled in", RuleSentence.Of(JsonElement.Parse($$"""{"type":"{{type.Name}}","config":{{type.Example}}}""")), StringComparison.Ordinal);
        const string Odd = """{"type":"KIND","config":{"seconds":"x","windowSeconds":-1,"allowedDays":"8","at":{},"notBefore":"soon"}}""";
        foreach (var odd in new[] { "{}", "null", "[]", "1", """{"type":"KIND"}""", """{"type":"KIND","config":[]}""", Odd }.Select(odd => odd.Replace("KIND", type.Name, StringComparison.Ordinal)))
        {
            Assert.NotEqual("", RuleSentence.Of(JsonElement.Parse(odd)));
        }
    });

    [Theory]
    [InlineData("90", "90 seconds")]
    [InlineData("3600", "1 hours")]
    [InlineData("129600", "36 hours")]
    [InlineData("172800", "2 days")]
    public void A_span_is_shown_in_the_largest_unit_that_fits_and_read_back_as_it_was(string seconds, string shown)
    {
        Assert.Equal(shown, Spans.Of(seconds));
        Assert.Equal(seconds, Spans.Seconds(shown)?.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Null(Spans.Seconds("many hours"));
        Assert.Null(Spans.Seconds("1 fortnights"));
    }

    [Theory]
    [InlineData("10000", "hours", "This must be a whole number from 1 to 8,784.")]
    [InlineData("400", "days", "This must be a whole number from 1 to 366.")]
    [InlineData("0", "seconds", "This must be a whole number from 1 to 31,622,400.")]
    [InlineData("many", "minutes", "This must be a whole number from 1 to 527,040.")]
    [InlineData("", "hours", "This is missing.")]
    public async Task A_span_that_is_too_long_is_told_the_most_of_its_unit(string amount, string unit, string told)
    {
        using var browser = await side.BrowserAsync(await side.CrewAsync());
        await browser.GoAsync(Edit);
        await browser.SubmitAsync(button: "Limit how often");
        await browser.SubmitAsync(
            new() { ["name"] = "Slow", ["rules[0].config.maxRequests"] = "5", ["rules[0].config.windowSeconds"] = amount, ["rules[0].config.windowSeconds.unit"] = unit }, "Make it");
        Assert.Equal(told, browser.Shown("[id='rules[0].config.windowseconds-fault']"));
    }

    [Fact]
    public async Task Faults_stand_at_their_fields_and_what_was_typed_is_kept()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Edit);
        await browser.SubmitAsync(button: "Keep working hours");
        Assert.Contains("It is between 09:00 and 17:00 in UTC, on these days: Monday to Friday.", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(button: "Cap the risk");
        await browser.SubmitAsync(button: "Remove (Keep working hours, 1)");
        Assert.Null(browser.Value("rules[0].config.allowedDays"));
        await browser.SubmitAsync(button: "Limit how much");
        Assert.Contains("Limit how much: not filled in yet.", browser.Text, StringComparison.Ordinal);
        await browser.SubmitAsync(new() { ["name"] = "", ["effect"] = "deny", ["actions"] = "e*mail", ["rules[1].config.maxAmount"] = "many" }, "Make it");
        Assert.Equal(["#name", "#actions", "#rules[1]", "#rules[1].config.maxamount", "#rules[1].config.windowseconds"], browser.FaultyFields().Order(StringComparer.Ordinal).OrderBy(name => name switch
        {
            "#name" => 0,
            "#actions" => 1,
            _ => 2,
        }));
        Assert.Equal(("e*mail", "many"), (browser.Value("actions"), browser.Value("rules[1].config.maxAmount")));
    }

    [Theory]
    [InlineData("{\n  \"name\": \"x\",\n  oops\n}", "line 3")]
    [InlineData("{\n  \"name\": \"x\",\n  \"nme\": 1\n}", "nme (line 3)")]
    [InlineData("{\n  \"name\": \"x\",\n  \"rules\": [\n    { \"type\": \"max_risk\",\n      \"config\": { \"level\": \"none\" } }\n  ]\n}", "rules[0].config.level (line 5)")]
    [InlineData("{\n  \"name\": \"x\",\n  \"subjects\": { \"agent_types\": [\"tool\",\n \"robot\"] }\n}", "subjects.agentTypes[1] (line 4)")]
    [InlineData("[]", "Write an object")]
    [InlineData("null", "Write an object")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "name (line 1): This member stands there twice. Leave one of them.")]
    [InlineData("{\n  \"name\": \"x\",\n  \"rules\": [\n    { \"type\": \"max_risk\",\n      \"type\": \"max_risk\" }\n  ]\n}", "rules[0].type (line 5): This member stands there twice.")]
    public async Task A_fault_in_JSON_is_told_with_its_path_and_line(string json, string told)
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Edit + "?as=json");
        await browser.SubmitAsync(new() { ["json"] = json }, "Make it");
        Assert.Contains(told, browser.Shown(".notice-danger"), StringComparison.Ordinal);
        Assert.Equal(json, browser.Value("json"));
        Assert.Contains(told, browser.Shown("#json-fault"), StringComparison.Ordinal);
        Assert.Equal("json-fault json-hint", browser.Page.GetElementById("json")!.GetAttribute("aria-describedby"));
    }

    [Fact]
    public async Task What_may_stand_in_JSON_is_told_where_something_else_stands_and_all_of_it_at_once()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Edit + "?as=json");
        const string Json = """
            {
              "name": 7,
              "effect": "nope",
              "enabled": "yes",
              "<b>": 1,
              "subjects": { "agent_types": "tool", "nme": 1 }
            }
            """;
        await browser.SubmitAsync(new() { ["json"] = Json }, "Make it");
        Assert.Equal(
            [
                "name (line 2): Write a text, in quotation marks.",
                "effect (line 3): Use one of: allow, deny.",
                "enabled (line 4): Write true or false.",
                "<b> (line 5): This member is not known here. Known are: name, description, effect, agentId, subjects, resources, actions, conditions, rules, priority, enabled.",
                "subjects.agent_types (line 6): Write a list: [ … ].",
                "subjects.nme (line 6): This member is not known here. Known are: agentIds, userIds, agentTypes, trustLevels, wildcard.",
            ],
            browser.Page.QuerySelectorAll("#json-fault li").Select(said => said.TextContent));
        await browser.SubmitAsync(new() { ["json"] = """{"name":"x","rules":[{"type":"nope","config":{}}]}""" }, "Make it");
        Assert.StartsWith("rules[0].type (line 1): This must be one of rate_limit, ", browser.Shown("#json-fault"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_switched_off_and_on_and_deleted_after_a_question_and_its_page_says_what_it_was()
    {
        var crew = await side.CrewAsync();
        var page = $"{All}/{await PolicyAsync(crew, """{"name":"No payments","effect":"deny","actions":["payments:*"]}""")}";
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(page);
        await browser.SubmitAsync(button: "Switch it off");
        Assert.Equal("Off", browser.Shown(".scope-tags .risk"));
        await browser.SubmitAsync(button: "Switch it on");
        Assert.Equal("In force", browser.Shown(".scope-tags .risk"));
        await browser.GoAsync(page + "?ask=delete");
        var ask = browser.Page.QuerySelector("input[name=version]")!.GetAttribute("value")!;
        await browser.SubmitAsync(button: "Delete it");
        Assert.Contains("The policy is deleted", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(page);
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
        Assert.Contains("No payments was deleted on", browser.Text, StringComparison.Ordinal);

        await browser.SendFormAsync(side, $"{page}?organization={crew.Id}", ("act", "delete"), ("version", ask));
        Assert.Equal(HttpStatusCode.Gone, browser.Response.StatusCode);
    }

    [Fact]
    public async Task Who_has_the_whole_text_needs_no_name_before_they_can_paste_it()
    {
        var crew = await side.CrewAsync();
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Edit);
        await browser.SubmitAsync(new() { ["description"] = "Kept" }, "JSON");
        Assert.Empty(browser.FaultyFields());
        var text = browser.Value("json")!;
        Assert.Contains("\"name\": \"\"", text, StringComparison.Ordinal);
        Assert.Contains("Kept", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_changes_what_somebody_else_has_changed_meanwhile_is_told()
    {
        var crew = await side.CrewAsync();
        var id = await PolicyAsync(crew, """{"name":"One"}""");
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync($"{Edit}?id={id}");
        (await crew.Key.PatchAsync($"/policies/{id}", new { description = "theirs" })).Is(HttpStatusCode.OK);
        await browser.SubmitAsync(new() { ["name"] = "Two" }, "Save it");
        Assert.Contains("Somebody changed it meanwhile", browser.Shown(".notice-danger"), StringComparison.Ordinal);
        Assert.Equal(("One", "Two"), ((await crew.Key.GetAsync($"/policies/{id}")).Json.GetProperty("name").GetString(), browser.Value("name")));

        // Meant all the same, and pressed twice.
        await browser.SubmitAsync(button: "Save it");
        Assert.Contains("The policy is saved", browser.Text, StringComparison.Ordinal);
        await browser.AgainAsync();
        Assert.Contains("The policy is saved", browser.Text, StringComparison.Ordinal);
        Assert.Equal("Two", (await crew.Key.GetAsync($"/policies/{id}")).Json.GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_policy_is_tried_on_what_was_decided_before_it_is_saved()
    {
        var crew = await side.CrewAsync();
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        foreach (var action in new[] { "email:send", "payments:charge", "payments:charge" })
        {
            await DecideAsync(crew.Id, agent, action);
        }

        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(1)); // the end of the time is not within

        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Edit);
        await browser.SubmitAsync(new() { ["name"] = "No payments", ["effect"] = "deny", ["actions"] = "payments:*" }, "What would it change?");
        browser.IsOk();
        var row = Assert.Single(browser.Page.QuerySelectorAll("section tbody tr"));
        Assert.Contains("Allowed → Denied: policy denies", string.Join(' ', row.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Equal(("payments:charge", "2"), (row.Children[2].TextContent.Trim(), row.Children[3].TextContent));
        Assert.Equal("No payments", browser.Value("name"));
        Assert.Empty((await crew.Key.GetAsync("/policies")).Json.GetProperty("data").EnumerateArray());
        await browser.SubmitAsync(new() { ["actions"] = "files:*" }, "What would it change?");
        Assert.Contains("3 decisions were made again, with the same answers.", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("at the time", browser.Text, StringComparison.Ordinal);
        await PolicyAsync(crew, """{"name":"No mail","effect":"deny","actions":["email:*"]}""");
        await browser.SubmitAsync(button: "What would it change?");
        Assert.Contains("3 decisions were made again, with the same answers.", browser.Text, StringComparison.Ordinal);
        Assert.Contains("1 decision was answered otherwise at the time than by today's policies.", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asked_whether_an_agent_may_the_page_says_what_each_policy_finds()
    {
        var crew = await side.CrewAsync();
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json;
        var (id, scope) = (agent.GetProperty("id").GetString()!, "email:send");
        await PolicyAsync(crew, $$"""{"name":"No <b>such</b> thing","effect":"deny","actions":["{{scope}}"]}""");
        await PolicyAsync(crew, """{"name":"Elsewhere","effect":"deny","actions":["nothing.*"]}""");
        using var browser = await side.BrowserAsync(crew, "auditor");
        await browser.GoAsync($"{All}/try?agent={id}&action={scope}");
        browser.IsOk();
        Assert.Contains("No, it may not", browser.Text, StringComparison.Ordinal);
        Assert.Equal(["Denies This one decides", "No say"], browser.Page.QuerySelectorAll("tbody tr td:nth-child(2)").Select(cell => string.Join(' ', cell.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).Order(StringComparer.Ordinal));
        Assert.Contains("It is not about this action.", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync($"{All}/try?agent=nonsense&action=&amount=1");
        Assert.Equal(["#agent", "#action"], browser.FaultyFields());
        await browser.GoAsync($"{All}/try?agent={Identifiers.New("agt_", side.Server.Clock.Now)}&action={scope}");
        Assert.Equal(["#agent"], browser.FaultyFields());
    }

    [Fact]
    public async Task An_agent_that_is_ticked_stays_ticked_though_it_was_suspended_meanwhile()
    {
        var crew = await side.CrewAsync();
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json;
        var (id, name) = (agent.GetProperty("id").GetString()!, agent.GetProperty("name").GetString()!);
        using var browser = await side.BrowserAsync(crew);
        await browser.GoAsync(Edit);
        (await crew.Key.PostAsync($"/agents/{id}/suspend")).Is(HttpStatusCode.OK);
        await browser.SubmitAsync(new() { ["name"] = "Not this one", ["effect"] = "deny", ["agents"] = id }, "Only known networks");
        await IsTickedAsync("Remove (Only known networks, 1)");
        await IsTickedAsync("What would it change?");
        await IsTickedAsync("JSON");
        await browser.SubmitAsync(button: "Form");
        await IsTickedAsync("Make it");
        var stored = (await crew.Key.GetAsync("/policies")).Is(HttpStatusCode.OK).Json.GetProperty("data")[0];
        Assert.Equal((id, false), (stored.GetProperty("subjects").GetProperty("agentIds")[0].GetString(), stored.GetProperty("subjects").GetProperty("wildcard").GetBoolean()));

        // Nor is it lost when the policy is changed later.
        await browser.GoAsync($"{Edit}?id={stored.GetProperty("id").GetString()}");
        await IsTickedAsync("Save it");
        Assert.Equal(id, (await crew.Key.GetAsync("/policies")).Json.GetProperty("data")[0].GetProperty("subjects").GetProperty("agentIds")[0].GetString());

        Task IsTickedAsync(string button)
        {
            browser.IsOk();
            var box = browser.Page.QuerySelector($"input[name=agents][value={id}]");
            Assert.True(box?.HasAttribute("checked"), button);
            Assert.Equal(name, browser.Shown($"label[for='{box!.Id}']"));
            return browser.SubmitAsync(button: button);
        }
    }

    [Fact]
    public async Task Others_find_nothing_and_who_may_only_look_changes_nothing()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        var id = await PolicyAsync(crew, """{"name":"Ours"}""");
        using var stranger = await side.BrowserAsync(other);
        foreach (var page in new[] { $"{All}?organization={crew.Id}", $"{All}/{id}", $"{All}/{id}?organization={other.Id}", $"{Edit}?id={id}", $"{Edit}?organization={crew.Id}", $"{All}/try?organization={crew.Id}" })
        {
            Assert.Equal("NotFound", await stranger.StatusAsync(page));
        }

        await stranger.SendFormAsync(side, $"{All}/{id}?organization={other.Id}", ("act", "delete"));
        Assert.Equal(HttpStatusCode.NotFound, stranger.Response.StatusCode);
        using var viewer = await side.BrowserAsync(crew, "auditor");
        await viewer.GoAsync($"{All}/{id}");
        Assert.Empty(viewer.Page.QuerySelectorAll("main form"));
        await viewer.SendFormAsync(side, $"{All}/{id}?organization={crew.Id}", ("act", "delete"));
        Assert.Equal(HttpStatusCode.Forbidden, viewer.Response.StatusCode);
        await viewer.SendFormAsync(side, $"{Edit}?organization={crew.Id}", ("act", "save"), ("name", "Mine"));
        Assert.Equal(HttpStatusCode.Forbidden, viewer.Response.StatusCode);
        Assert.Equal("Forbidden", await viewer.StatusAsync($"{Edit}?organization={crew.Id}"));
        Assert.Equal(3, await side.Server.QueryAsync(context => context.AuditEvents.CountAsync(row => row.OrganizationId == crew.Id && row.Reason == "role")));
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Policies.CountAsync(row => row.OrganizationId == crew.Id)));
    }

    [Fact]
    public async Task A_policy_of_one_request_speaks_of_one()
    {
        var crew = await side.CrewAsync();
        var id = await PolicyAsync(crew, """{"name":"Once","rules":[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_agent"}}]}""");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync($"{All}/{id}");
        Assert.Contains("At most one request within 1 minute, counted for each agent.", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_a_policy_decides_is_said_in_the_readers_language_and_to_programs_in_English()
    {
        var crew = await side.CrewAsync();
        var id = await PolicyAsync(crew, """{"name":"Leise","actions":["email:*"],"rules":[{"type":"action_blocklist","config":{"actions":["email:send"]}}]}""");
        var agent = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.ChooseLanguageAsync("de");
        await browser.GoAsync($"{All}/try?agent={agent}&action=email:send");
        Assert.Contains("Richtlinie „Leise“: „email:send“ steht auf ihrer Liste gesperrter Aktionen.", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("list of blocked actions", browser.Text, StringComparison.Ordinal);

        var asked = (await crew.Key.PostAsync("/policies/evaluate", new { agentId = agent, actions = new[] { "email:send" } })).Is(HttpStatusCode.OK).Json;
        Assert.Equal(("Policy \"Leise\": \"email:send\" is on its list of blocked actions.", id), (asked.GetProperty("reason").GetString(), asked.GetProperty("matchingPolicyId").GetString()));
        Assert.False(asked.TryGetProperty("said", out _));
    }

    [Fact]
    public async Task What_is_wrong_with_a_rule_is_said_in_the_readers_language_and_to_programs_in_English()
    {
        const string Rules = """[{"type":"budget","config":{"maxAmount":0,"windowSeconds":60,"scope":"per_agent","currency":"Euro"}},{"type":"time_window","config":{"allowedDays":[8],"startTimeUtc":"nine","endTimeUtc":"17:00","timezone":"Berlin"}},{"type":"ip_allowlist","config":{"cidrs":["10.0.0.1/8"]}},{"type":"expires_after","config":{"at":"tomorrow"}}]""";
        const string Policy = $$"""{"name":"Falsch","subjects":{"agentTypes":["robot"]},"resources":7,"rules":{{Rules}}}""";
        var crew = await side.CrewAsync();
        var errors = (await crew.Key.PostAsync("/policies", JsonElement.Parse(Policy))).Is(HttpStatusCode.BadRequest).Json.GetProperty("errors");
        Dictionary<string, string> said = new()
        {
            ["subjects.agentTypes[0]"] = "Use one of orchestrator, autonomous, assistant, tool.",
            ["resources"] = "Give a list, or an object with paths and wildcard.",
            ["rules[0].config.maxAmount"] = "This must be a number above 0, at most 1000000000000, with at most 9 decimals.",
            ["rules[0].config.currency"] = "This must be three capital letters (ISO 4217), such as EUR.",
            ["rules[1].config.allowedDays[0]"] = "This must be a day from 1 (Monday) to 7 (Sunday).",
            ["rules[1].config.startTimeUtc"] = "This must be a time such as 09:00.",
            ["rules[1].config.timezone"] = "This must be an IANA name such as UTC or Europe/Berlin.",
            ["rules[2].config.cidrs[0]"] = "This must be a network such as 10.0.0.0/8 or 2001:db8::/32, with no bits set behind its length.",
            ["rules[3].config.at"] = "This must be a moment with its offset from UTC, such as 2027-01-31T00:00:00Z.",
        };
        Assert.Equal(said, errors.EnumerateObject().ToDictionary(fault => fault.Name, fault => Assert.Single(fault.Value.EnumerateArray()).GetString()!).Where(fault => said.ContainsKey(fault.Key)).ToDictionary());
        var many = (await crew.Key.PostAsync("/policies", new { name = "Zu viele", rules = new int[21] })).Is(HttpStatusCode.BadRequest).Json.GetProperty("errors");
        Assert.Equal("This must be a list of at most 20 rules.", many.GetProperty("rules")[0].GetString());

        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.ChooseLanguageAsync("de");
        await browser.GoAsync(Edit + "?as=json");
        await browser.SubmitAsync(new() { ["json"] = Policy }, "Erstellen");
        Assert.Contains("Das muss eine Zahl über 0 sein, höchstens 1.000.000.000.000, mit höchstens 9 Nachkommastellen.", browser.Text, StringComparison.Ordinal);
        Assert.Contains("Verwenden Sie eines von diesen: orchestrator, autonomous, assistant, tool.", browser.Text, StringComparison.Ordinal);
        Assert.All(said.Values.Select(sentence => sentence[..14]).Distinct(), beginning => Assert.DoesNotContain(beginning, browser.Text, StringComparison.Ordinal));
    }

    private static async Task<string> PolicyAsync(Crew crew, string body) =>
        (await crew.Key.PostAsync("/policies", JsonElement.Parse(body))).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;

    private Task<Verdict> DecideAsync(string organizationId, string agentId, string action)
    {
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var now = side.Server.Clock.Now;
        var input = Ask.For(action) with { Now = now, OrganizationId = organizationId, AgentId = agentId, GrantedAt = now.AddDays(-1) };
        var told = new AuditEvent { Id = Identifiers.New("aud_", now), At = now, Type = "token.verified", Outcome = AuditOutcomes.Denied };
        return side.Server.Services.GetRequiredService<Decisions>().DecideAsync(input, told, enforcer: null, actionId: null, act: null, default);
    }
}
