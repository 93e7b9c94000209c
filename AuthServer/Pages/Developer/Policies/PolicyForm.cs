using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Pages.Forms;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using Microsoft.AspNetCore.Http;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>A policy as a form: its members as questions, then its rules one after the other.</summary>
/// <param name="General">What is asked of every policy, each found by its path.</param>
internal sealed record PolicyForm(IReadOnlyList<Question> General, IReadOnlyList<RuleForm> Rules)
{
    /// <summary>Where agents are ticked.</summary>
    public const string AgentsField = "agents";

    /// <summary>Where faults may lie that no single question is about come first, so that a question's own place is found before them.</summary>
    public IEnumerable<Question> Asked =>
        [new("rules", ""), .. General, .. Rules.SelectMany(rule => rule.Questions.Prepend(new Question(rule.Path, "")))];

    private static readonly string[] Narrowing = ["subjects.agentIds", "subjects.userIds", "subjects.agentTypes", "subjects.trustLevels", "resources"];

    public Question this[string path] => General.First(question => question.Path == path);

    /// <summary>What it says as far as it is written.</summary>
    public PolicyOutline Outline => new(
        this["effect"].Value == "deny" ? PolicyEffect.Deny : PolicyEffect.Allow, Lines("actions"), Lines("resources"), [.. Lines(AgentsField), .. Lines("subjects.agentIds")],
        Lines("subjects.userIds"), Lines("subjects.agentTypes"), Lines("subjects.trustLevels"), RulesJson);

    /// <summary>Whether anything is said besides whom and which actions it is about.</summary>
    public bool IsNarrowed => Narrowing.Any(path => this[path].Value.Length > 0) || this["priority"].Value is not ("" or "0");

    private JsonElement RulesJson => JsonElement.Parse(new JsonArray([.. Rules.Select(rule => rule.Json())]).ToJsonString());

    /// <param name="policy">Null: a new one.</param>
    /// <param name="agents">Those that one can choose, and those that are chosen.</param>
    public static PolicyForm Of(PolicyItem? policy, IReadOnlyList<PossibleAnswer> agents) => new(
        Ask(policy, agents), policy is null ? [] : [.. policy.Rules.EnumerateArray().Index().Select(rule => RuleForm.Of(rule.Index, rule.Item)).OfType<RuleForm>()]);

    /// <summary>As it was typed.</summary>
    public static PolicyForm Typed(IFormCollection form, IReadOnlyList<PossibleAnswer> agents) => new(FormAnswers.Keep(Ask(null, agents), form), RuleForm.Typed(form));

    /// <summary>The body that the API would be sent. What it could not even read is noted as a fault.</summary>
    public PolicyBody Read(IFormCollection form, FormFaults faults)
    {
        var body = FormAnswers.Read<PolicyBody>(General, form, faults);
        if (body.Subjects is { AgentIds: null or [], UserIds: null or [], AgentTypes: null or [], TrustLevels: null or [] })
        {
            body.Subjects = new SubjectsBody { Wildcard = true };
        }

        body.Rules = RulesJson;
        return body;
    }

    private string[] Lines(string path) => this[path].Value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static Question[] Ask(PolicyItem? policy, IReadOnlyList<PossibleAnswer> agents) =>
    [
        new("name", T("Name")) { Optional = false, MaxLength = 200, Value = policy?.Name ?? "" },
        new("description", T("What it is for"), QuestionKind.Text) { Value = policy?.Description ?? "", KeepsEmpty = true },
        new("effect", T("What should it do?"), QuestionKind.Radio)
        {
            Value = policy?.Effect == PolicyEffect.Deny ? "deny" : "allow",
            Options =
            [
                new("allow", T("Sets conditions"), T("Where it applies, each of its rules must hold. It gives no rights.")),
                new("deny", T("Forbids"), T("Where it applies and all its rules hold, the request is denied. Without rules it always denies.")),
            ],
        },
        new("actions", T("Actions"), QuestionKind.Lines)
        {
            Hint = T("One on each line: a scope such as email:send, a wildcard such as crm.*, or one of {0}. None: all.", string.Join(", ", Verbs.All)),
            Value = FormAnswers.Write(policy?.Actions ?? []),
        },
        new("resources", T("Resources"), QuestionKind.Lines)
        {
            Hint = T("One on each line, exact or a beginning with a final *, such as /files*. None: all."), Value = FormAnswers.Write(policy?.Resources.Paths ?? []),
        },
        new(AgentsField, T("Agents"), QuestionKind.Ticks)
        {
            Target = "subjects.agentIds", Hint = T("None: all of them, and those that come."), NullWhenEmpty = true,
            Options = agents,
            Value = FormAnswers.Write(policy?.Subjects.AgentIds ?? []),
        },
        new("subjects.agentIds", T("Other agents"), QuestionKind.Lines)
        {
            Hint = T("Their ids, one on each line: agt_…."), NullWhenEmpty = true,
        },
        new("subjects.userIds", T("People that are acted for"), QuestionKind.Lines)
        {
            Hint = T("Their ids, one on each line: usr_…. None: all, and agents that act for nobody."), NullWhenEmpty = true, Value = FormAnswers.Write(policy?.Subjects.UserIds ?? []),
        },
        Words("subjects.agentTypes", T("Kinds of agents"), ["orchestrator", "autonomous", "assistant", "tool"], PolicyWords.Kind, policy?.Subjects.AgentTypes),
        Words("subjects.trustLevels", T("Trust levels"), ["root", "delegated", "ephemeral"], PolicyWords.Trust, policy?.Subjects.TrustLevels),
        new("priority", T("Priority"), QuestionKind.Number)
        {
            Hint = T("Of several policies that decide alike, the one with the highest is named."), MaxLength = 8, KeepsEmpty = true,
            Value = (policy?.Priority ?? 0).ToString(CultureInfo.InvariantCulture),
        },
        new("enabled", T("It is in force"), QuestionKind.Tick) { Value = policy?.Enabled == false ? "" : "yes" },
    ];

    private static Question Words(string path, string label, string[] words, Func<string, string> name, IReadOnlyList<string>? value) => new(path, label, QuestionKind.Ticks)
    {
        Hint = T("None: all."),
        NullWhenEmpty = true,
        Options = [.. words.Select(word => new PossibleAnswer(word, name(word)))],
        Value = FormAnswers.Write(value ?? []),
    };
}
