using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Pages.Forms;
using AuthServer.Policies.Engine.Rules;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>One rule in the form of a policy: the members of its kind are the questions.</summary>
/// <param name="Index">Its place among the rules.</param>
internal sealed record RuleForm(int Index, RuleType Type, IReadOnlyList<Question> Questions)
{
    public const int Most = 20;

    public string Path => PathOf(Index);

    /// <summary>Null: this kind is not known here.</summary>
    /// <param name="rule">As it is stored.</param>
    public static RuleForm? Of(int index, JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Object && rule.TryGetProperty("type", out var type) && Find(type.GetString()) is { } known
            ? New(index, known, member => rule.GetProperty("config").TryGetProperty(member.Name, out var value) ? Text(member, value) : "") : null;

    /// <summary>An empty one; working hours begin as most are.</summary>
    public static RuleForm? New(int index, string? type) => Find(type) is { } known
        ? New(index, known, member => known == TimeWindow.Syntax ? Example(known, member) : member.Words is [var first, ..] ? first : "") : null;

    /// <summary>As they were typed, in their order.</summary>
    public static IReadOnlyList<RuleForm> Typed(IFormCollection form) =>
    [
        .. Enumerable.Range(0, Most).Select(place => (Place: place, Type: Find(form[$"{PathOf(place)}.type"])))
            .Where(rule => rule.Type is not null).Index()
            .Select(rule => New(rule.Index, rule.Item.Type!, member => Typed(form, $"{PathOf(rule.Item.Place)}.config.{member.Name}", KindOf(member)))),
    ];

    /// <summary>The same rule at another place.</summary>
    public RuleForm At(int index) => this with
    {
        Index = index,
        Questions = [.. Questions.Select(question => question with { Path = PathOf(index) + question.Path[Path.Length..], Target = PathOf(index) + question.Path[Path.Length..] })],
    };

    /// <summary>As the API takes it. What is no number stays a text, so that the API says what is wrong with it.</summary>
    public JsonObject Json()
    {
        var config = new JsonObject();
        foreach (var (member, question) in Type.Members.Zip(Questions).Where(pair => pair.Second.Value.Length > 0))
        {
            config[member.Name] = member.Value switch
            {
                RuleValue.Number when question.Kind == QuestionKind.Span => Spans.Seconds(question.Value) is { } seconds ? JsonValue.Create(seconds) : JsonValue.Create(question.Value),
                RuleValue.Number => Number(question.Value),
                RuleValue.Numbers => new JsonArray([.. question.Value.Split([',', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(Number)]),
                RuleValue.Texts => new JsonArray([.. question.Value.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(line => JsonValue.Create(line))]),
                _ => question.Value,
            };
        }

        return new JsonObject { ["type"] = Type.Name, ["config"] = config };
    }

    private static RuleForm New(int index, RuleType type, Func<RuleMember, string> value) =>
        new(index, type, [.. type.Members.Select(member => Ask(index, member, value(member)))]);

    private static string Typed(IFormCollection form, string path, QuestionKind kind) => kind switch
    {
        QuestionKind.Ticks => FormAnswers.Write(form[path].OfType<string>().SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries))),
        QuestionKind.Span => Spans.Typed(form, path),
        _ => form[path].ToString().ReplaceLineEndings("\n").Trim(),
    };

    private static QuestionKind KindOf(RuleMember member) => member switch
    {
        { Words.Count: > 0 } => QuestionKind.Choice,
        { Name: "allowedDays" } => QuestionKind.Ticks,
        { Name: "seconds" or "windowSeconds" } => QuestionKind.Span,
        { Value: RuleValue.Texts } => QuestionKind.Lines,
        _ => QuestionKind.Line,
    };

    private static Question Ask(int index, RuleMember member, string value) =>
        new($"{PathOf(index)}.config.{member.Name}", RuleWords.Member(member.Name), KindOf(member))
        {
            Optional = !member.Required,
            Value = value,
            Hint = RuleWords.Hint(member.Name),
            Options = KindOf(member) switch
            {
                QuestionKind.Ticks => [.. Enumerable.Range(1, 7).Select(day => new PossibleAnswer(day.ToString(CultureInfo.InvariantCulture), RuleWords.Day(day)))],
                QuestionKind.Span => [.. Spans.All],
                _ => [.. member.Words.Select(word => new PossibleAnswer(word, RuleWords.Word(word)))],
            },
        };

    private static string Example(RuleType type, RuleMember member) =>
        JsonElement.Parse(type.Example).TryGetProperty(member.Name, out var value) ? Text(member, value) : "";

    private static string Text(RuleMember member, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(item => Text(member, item))),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number when KindOf(member) == QuestionKind.Span => Spans.Of(value.GetRawText()),
        _ => value.GetRawText(),
    };

    private static JsonValue? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);

    private static RuleType? Find(string? name) => RuleTypes.All.FirstOrDefault(type => type.Name == name);

    private static string PathOf(int index) => string.Create(CultureInfo.InvariantCulture, $"rules[{index}]");
}
