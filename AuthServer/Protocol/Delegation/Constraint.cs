using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using AuthServer.Jose;

namespace AuthServer.Protocol.Delegation;

/// <summary>One bound of a delegation, <c>{"key":"amount","max":100}</c>: the key says what is bounded, the type how. Immutable.</summary>
public sealed class Constraint
{
    /// <summary>Characters of one constraint in canonical JSON.</summary>
    public const int MaxLength = 8192;

    private readonly JsonElement _value;
    private readonly string[] _order;

    private Constraint(string key, string type, JsonElement value, string[] order, string json) =>
        (Key, Type, _value, _order, Json, Ceiling) = (key, type, value, order, json, IsCountedType(type) ? Ceiling.Read(value) : null);

    public string Key { get; }

    /// <summary><c>max min one_of not_one_of prefix rank</c> bound each action, <c>max_lifetime</c> a token's total, <c>max_subtree</c> and <c>budget</c> that
    /// of a token and all below it. Others are carried along, and permit nothing.</summary>
    public string Type { get; }

    /// <summary>The constraint in canonical JSON.</summary>
    public string Json { get; }

    public bool IsKnown => IsCounted || Type is "max" or "min" or "one_of" or "not_one_of" or "prefix" or "rank";

    /// <summary>Whether it bounds what is used in all, so that somebody must keep an account.</summary>
    public bool IsCounted => IsCountedType(Type);

    /// <summary>How much, where it is counted; null also where the number is too large for any account.</summary>
    public Ceiling? Ceiling { get; }

    /// <summary>False with a sentence for the developer when it is malformed. An unknown type is not.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out Constraint? constraint, [NotNullWhen(false)] out string? fault)
    {
        constraint = null;
        try
        {
            fault = Read(json, out constraint);
        }
        catch (InvalidOperationException) // what has no canonical form
        {
            fault = "A constraint holds a duplicate member, a number that is not finite, or a string that is no text.";
        }

        return constraint is not null;
    }

    /// <summary>Whether it lets through nothing that the other, of the same key and type, stops.</summary>
    internal bool IsWithin(Constraint parent) => Type switch
    {
        "max" or "max_lifetime" or "max_subtree" => _value.GetDouble() <= parent._value.GetDouble(),
        "min" => _value.GetDouble() >= parent._value.GetDouble(),
        "one_of" => Members().IsSubsetOf(parent.Members()),
        "not_one_of" => Members().IsSupersetOf(parent.Members()),
        "prefix" => _value.GetString()!.StartsWith(parent._value.GetString()!, StringComparison.Ordinal),
        "budget" => Ceiling!.IsWithin(parent.Ceiling!),
        "rank" => _order.AsSpan().SequenceEqual(parent._order) && Position(_value) <= Position(parent._value),
        _ => Json == parent.Json,
    };

    internal bool Permits(ActionValues action) => Type switch
    {
        "max_lifetime" => IsBelow(action.LifetimeTotals),
        "max_subtree" => IsBelow(action.SubtreeTotals),
        "budget" => IsBelow(action.SubtreeTotals)
            && (Ceiling!.Currency is null || (action.Stated.TryGetValue("currency", out var currency) && Text(currency) == Ceiling.Currency)),
        _ => action.Stated.TryGetValue(Key, out var stated) && Permits(stated),
    };

    private static string? Read(JsonElement json, out Constraint? constraint)
    {
        constraint = null;
        if (json.ValueKind != JsonValueKind.Object)
            return "A constraint is an object.";
        var text = CanonicalJson.Text(json);
        if (text.Length > MaxLength)
            return $"A constraint has at most {MaxLength} characters.";
        if (CanonicalJson.FaultOf(Encoding.UTF8.GetBytes(text)) is not null)
            return "A constraint holds a number beyond 2^53-1, or too deep a value.";
        json = JsonElement.Parse(text); // its own: the caller's document may go
        if (!json.TryGetProperty("key", out var key) || key.ValueKind != JsonValueKind.String || key.GetString() is not { Length: > 0 } name)
            return "A constraint has a \"key\", a string.";
        var others = json.EnumerateObject().Select(member => member.Name).Where(member => member != "key").ToList();
        var order = others.Contains("rank") && others.Remove("order") ? Strings(json.GetProperty("order")) : [];
        if (others is not [var type])
            return "A constraint has a \"key\" and one type; \"rank\" has an \"order\" too.";
        var read = new Constraint(name, type, json.GetProperty(type), order, text);
        if (!read.IsSound())
            return $"The value of a constraint \"{type}\" has the wrong form.";
        constraint = read;
        return null;
    }

    private bool IsSound() => Type switch
    {
        "max" or "min" or "max_lifetime" or "max_subtree" => _value.ValueKind == JsonValueKind.Number,
        "budget" => Ceiling is not null,
        "one_of" or "not_one_of" => _value.ValueKind == JsonValueKind.Array,
        "prefix" => _value.ValueKind == JsonValueKind.String,
        "rank" => _order.Length >= 2 && _order.Distinct(StringComparer.Ordinal).Count() == _order.Length && Position(_value) >= 0,
        _ => true,
    };

    private bool Permits(JsonElement stated) => Type switch
    {
        "max" => Number(stated) <= _value.GetDouble(),
        "min" => Number(stated) >= _value.GetDouble(),
        "one_of" => Canonical(stated) is { } member && Members().Contains(member),
        "not_one_of" => Canonical(stated) is { } member && !Members().Contains(member),
        "prefix" => Text(stated) is { } text && text.StartsWith(_value.GetString()!, StringComparison.Ordinal),
        "rank" => Position(stated) is >= 0 and var position && position <= Position(_value),
        _ => false,
    };

    // Who does not hold the account cannot say that the action fits in.
    private bool IsBelow(IReadOnlyDictionary<string, double> totals) => totals.TryGetValue(Key, out var total) && total <= (Type == "budget" ? (double)Ceiling!.Max : _value.GetDouble());

    private static bool IsCountedType(string type) => type is "max_lifetime" or "max_subtree" or "budget";

    // Values are the same when their canonical JSON is: 1.0 is 1, and "1" is not.
    private HashSet<string> Members() => [.. _value.EnumerateArray().Select(CanonicalJson.Text)];

    private int Position(JsonElement value) => Array.IndexOf(_order, Text(value));

    private static string[] Strings(JsonElement array) =>
        array.ValueKind == JsonValueKind.Array && array.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. array.EnumerateArray().Select(item => item.GetString()!)]
            : [];

    private static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && double.IsFinite(number) ? number : null;

    private static string? Text(JsonElement value) => Canonical(value) is ['"', ..] ? value.GetString() : null;

    private static string? Canonical(JsonElement value)
    {
        try
        {
            return CanonicalJson.Text(value);
        }
        catch (InvalidOperationException) // nothing can be compared with it
        {
            return null;
        }
    }
}
