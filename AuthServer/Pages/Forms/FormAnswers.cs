using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Languages;
using Microsoft.AspNetCore.Http;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Forms;

/// <summary>A form that is a request of the API, its members by their paths: what a page sends is read by the rules that hold for everybody.</summary>
internal static class FormAnswers
{
    /// <summary>A list that nobody is on.</summary>
    public const string Nobody = "-";

    /// <summary>The request. What the API could not even read is noted as a fault.</summary>
    public static T Read<T>(IEnumerable<Question> asked, IFormCollection form, FormFaults faults)
        where T : class, new()
    {
        var json = Json(asked, question => Typed(question, form), faults);
        return faults.Any ? new T() : json.Deserialize<T>(ApiJson.Requests) ?? new T();
    }

    /// <summary>The questions with what was typed. Secrets are not sent back.</summary>
    public static IReadOnlyList<Question> Keep(IEnumerable<Question> asked, IFormCollection form) =>
        [.. asked.Select(question => question with { Value = question.Kind == QuestionKind.Secret ? "" : Typed(question, form) })];

    /// <summary>Whether the answers say what stands there already.</summary>
    public static bool AreSame(IReadOnlyList<Question> asked, IFormCollection form) => JsonNode.DeepEquals(
        Json(asked, question => Typed(question, form), new FormFaults()), Json(asked, question => question.Value, new FormFaults()));

    /// <summary>What the API found wrong, at the fields that it was asked for by. Of a list, each fault names the entry that it is about.</summary>
    /// <param name="form">What was typed; null: it stands in the questions.</param>
    public static void Tell(Problem problem, IEnumerable<Question> asked, FormFaults faults, IFormCollection? form = null)
    {
        foreach (var (path, sentences) in problem.Faults ?? new Dictionary<string, Sentence[]>())
        {
            // Of several questions that fill one list, the last is the one where people write themselves.
            var question = asked.LastOrDefault(question => IsOf(path, question.Path)) ?? asked.LastOrDefault(question => IsOf(path, question.Target));
            foreach (var sentence in sentences.Select(said => question is { Kind: QuestionKind.Span } span ? Spans.Said(said, span.Value) : said))
            {
                faults.Add(
                    question?.Path ?? "",
                    question is null ? Sentence.Of("{0}: {1}", Members.OfPath(path), sentence)
                    : EntryOf(path, asked, question => form is null ? question.Value : Typed(question, form)) is not var (line, entry) ? sentence
                    : line is { } number ? Sentence.Of("Line {0}, {1}: {2}", number, entry, sentence) : Sentence.Of("{0}: {1}", entry, sentence));
            }
        }

        if (problem.Faults is null)
        {
            faults.Add(problem);
        }
    }

    public static string Write(IEnumerable<string> lines) => string.Join('\n', lines);

    public static string Write(IReadOnlyDictionary<string, string> pairs) => Write(pairs.Select(pair => $"{pair.Key} = {pair.Value}"));

    private static JsonObject Json(IEnumerable<Question> asked, Func<Question, string> answer, FormFaults faults)
    {
        var json = new JsonObject();
        foreach (var question in asked)
        {
            var typed = answer(question) is { Length: > 0 } said ? said : question.WhenEmpty ?? "";
            if ((question.KeepsEmpty && typed.Length == 0) || (question.KeepsSame && typed == question.Value))
            {
                continue;
            }

            var (parent, name) = Place(json, question.Target);
            Put(parent, name, question, typed, faults);
        }

        Shape(json);
        return json;
    }

    private static bool IsOf(string path, string member) =>
        path == member || path.StartsWith(member + ".", StringComparison.Ordinal) || path.StartsWith(member + "[", StringComparison.Ordinal);

    /// <summary>What stands at a path that leads to an entry of a list, and on which line it was typed, if it was typed on one; null: the path leads to none.</summary>
    private static (int? Line, string Entry)? EntryOf(string path, IEnumerable<Question> asked, Func<Question, string> answer)
    {
        var bracket = path.LastIndexOf('[');
        if (bracket < 0 || !path.EndsWith(']') || !int.TryParse(path.AsSpan(bracket + 1, path.Length - bracket - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var left))
        {
            return null;
        }

        // Several questions may fill one list, one after the other.
        foreach (var question in asked.Where(question => question.Target == path[..bracket] && question.Kind is QuestionKind.Lines or QuestionKind.Ticks or QuestionKind.Entry))
        {
            foreach (var (i, line) in answer(question).Split('\n').Index())
            {
                if (line.Trim() is { Length: > 0 } entry && !(question.Kind == QuestionKind.Entry && entry == Nobody) && left-- == 0)
                {
                    return (question.Kind == QuestionKind.Lines ? i + 1 : null, Names.Shown(Names.Exact(entry)));
                }
            }
        }

        return null;
    }

    private static string Typed(Question question, IFormCollection form) => question.Kind switch
    {
        QuestionKind.Ticks => Write(form[question.Path].OfType<string>()),
        QuestionKind.Tick => form.ContainsKey(question.Path) ? "yes" : "",
        QuestionKind.Secret => form[question.Path].ToString(),
        _ when question.Verbatim => form[question.Path].ToString(),
        _ => form[question.Path].ToString().ReplaceLineEndings("\n").Trim(),
    };

    private static (JsonObject Parent, string Name) Place(JsonObject json, string path)
    {
        var members = path.Split('.');
        foreach (var member in members[..^1])
        {
            if (json[member] is not JsonObject inner)
            {
                json[member] = inner = [];
            }

            json = inner;
        }

        return (json, members[^1]);
    }

    private static void Put(JsonObject parent, string name, Question question, string typed, FormFaults faults)
    {
        switch (question.Kind)
        {
            case QuestionKind.Tick:
                parent[name] = typed.Length > 0;
                break;
            case QuestionKind.Number when typed.Length > 0:
                var isNumber = int.TryParse(typed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
                Fault(faults, question, isNumber ? null : T("Use a whole number."));
                parent[name] = number;
                break;
            case QuestionKind.Date when typed.Length > 0:
                var isDay = DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day);
                Fault(faults, question, isDay ? null : T("Use a day such as 2030-12-31."));
                parent[name] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + "T00:00:00Z";
                break;
            case QuestionKind.Entry:
                Fault(faults, question, question.Options.Any(option => option.Value == typed) ? null : T("Choose one of these."));
                Append(parent, name, typed is "" or Nobody ? [] : [typed], orNull: typed.Length == 0);
                break;
            case QuestionKind.Lines or QuestionKind.Ticks:
                Append(parent, name, typed.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), question.NullWhenEmpty);
                break;
            case QuestionKind.Json:
                parent[name] = Node(question, typed, faults);
                break;
            case QuestionKind.Pairs:
                parent[name] = Pairs(question, typed, faults);
                break;
            case QuestionKind.Choice or QuestionKind.Radio when question.Options.All(option => option.Value != typed):
                Fault(faults, question, T("Choose one of these."));
                break;
            case QuestionKind.Choice or QuestionKind.Radio when question.Numeric && typed.Length > 0:
                parent[name] = int.Parse(typed, CultureInfo.InvariantCulture);
                break;
            default:
                parent[name] = typed.Length == 0 ? null : typed;
                break;
        }
    }

    private static void Append(JsonObject parent, string name, string[] entries, bool orNull)
    {
        if (parent[name] is not JsonArray list)
        {
            if (entries.Length == 0 && orNull)
            {
                parent[name] = null;
                return;
            }

            parent[name] = list = [];
        }

        foreach (var entry in entries)
        {
            list.Add((JsonNode?)entry);
        }
    }

    private static JsonNode? Node(Question question, string typed, FormFaults faults)
    {
        try
        {
            return typed.Length == 0 ? null : JsonNode.Parse(typed, documentOptions: ApiJson.Document);
        }
        catch (JsonException e)
        {
            Fault(faults, question, T(JsonLines.NoJson(typed, e)));
            return null;
        }
    }

    private static JsonObject Pairs(Question question, string typed, FormFaults faults)
    {
        var pairs = new JsonObject();
        foreach (var line in typed.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
            Fault(faults, question, parts is [{ Length: > 0 }, _] ? pairs.ContainsKey(parts[0]) ? T("A name stands there twice.") : null : T("Write a name, = and a value on each line."));
            pairs[parts[0]] = parts[^1];
        }

        return pairs;
    }

    // What stands in one member or another, and what is no object without its first part.
    private static void Shape(JsonObject json)
    {
        json.Remove(json["scope_preset"] is null ? "scope_preset" : "scopes");
        if (json["settings"] is JsonObject settings && settings["key"] is JsonObject key && key["in"] is null)
        {
            settings["key"] = null;
        }
    }

    private static void Fault(FormFaults faults, Question question, string? sentence)
    {
        if (sentence is not null && faults[question.Path] is null)
        {
            faults.Add(question.Path, sentence);
        }
    }
}
