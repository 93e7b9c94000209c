using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AuthServer.Policies.Engine.Rules;

internal delegate bool ItemReading<T>(JsonElement item, [MaybeNullWhen(false)] out T value);

/// <summary>Reads the members of one config and notes every fault with its path; a member that its type does not have is one.</summary>
internal sealed class RuleReader
{
    private const int MostItems = 100;

    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly List<PolicyFault> _faults;
    private readonly string _path;

    public RuleReader(RuleType type, JsonElement config, string path, List<PolicyFault> faults)
    {
        (_path, _faults) = (path, faults);
        foreach (var member in config.EnumerateObject())
        {
            if (type.Members.All(known => known.Name != member.Name))
            {
                Fault(member.Name, "is no member of a {0}.", type.Name);
            }
            else if (!_members.TryAdd(member.Name, member.Value))
            {
                Fault(member.Name, "is named twice.");
            }
        }
    }

    public bool Has(string member) => _members.ContainsKey(member);

    /// <summary>The faults are with the config, not with one member.</summary>
    public T? Refuse<T>(string sentence)
        where T : class
    {
        _faults.Add(new PolicyFault(_path, sentence));
        return null;
    }

    public T? Refuse<T>(string member, string sentence)
        where T : class
    {
        Fault(member, sentence);
        return null;
    }

    public int? Whole(string member, int least, int most) =>
        Find(member) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most ? number
        : Fault<int>(member, "must be a whole number from {0} to {1}.", least, most);

    public decimal? Amount(string member) =>
        Find(member) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var amount) && amount > 0 && Amounts.Usable(amount) ? amount
        : Fault<decimal>(member, "must be a number above 0, at most {0}, with at most {1} decimals.", Amounts.Most, Amounts.Decimals);

    public string? Text(string member) => Find(member) is { } value ? Text(member, value) : null;

    /// <summary>What <paramref name="parse"/> makes of the text.</summary>
    public T? Text<T>(string member, Func<string, T?> parse, string sentence)
        where T : struct => Text(member) is not { } text ? null : parse(text) ?? Fault<T>(member, sentence);

    public T? Word<T>(string member, IReadOnlyDictionary<string, T> words)
        where T : struct =>
        Text(member) is not { } text ? null
        : words.TryGetValue(text, out var value) ? value
        : Fault<T>(member, "must be one of {0}.", string.Join(", ", words.Keys));

    /// <summary>At least one item, no two alike.</summary>
    public IReadOnlyList<T>? List<T>(string member, ItemReading<T> read, string sentence)
        where T : notnull
    {
        if (Find(member) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() is 0 or > MostItems)
        {
            return Refuse<IReadOnlyList<T>>(member, $"must be a list of 1 to {MostItems}.");
        }

        var items = new List<T>();
        foreach (var (index, json) in value.EnumerateArray().Index())
        {
            if (!read(json, out var item))
            {
                Fault($"{member}[{index}]", sentence);
            }
            else if (items.Contains(item))
            {
                Fault($"{member}[{index}]", "is named twice.");
            }
            else
            {
                items.Add(item);
            }
        }

        return items;
    }

    public IReadOnlyList<Pattern>? Actions(string member) => List(
        member, (JsonElement item, [MaybeNullWhen(false)] out Pattern pattern) => Read(item, Pattern.Action, out pattern),
        "must be an action such as email:send, or a wildcard such as email:* or crm.*.");

    /// <summary>An item that is a string which <paramref name="parse"/> understands.</summary>
    public static bool Read<T>(JsonElement item, Func<string, T?> parse, [MaybeNullWhen(false)] out T value)
        where T : class => (value = item.ValueKind == JsonValueKind.String ? parse(item.GetString()!) : null) is not null;

    private JsonElement? Find(string member)
    {
        if (_members.TryGetValue(member, out var value))
        {
            return value;
        }

        Fault(member, "is missing.");
        return null;
    }

    private string? Text(string member, JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : Refuse<string>(member, "must be a string.");

    private T? Fault<T>(string member, string sentence, params object[] values)
        where T : struct
    {
        Fault(member, sentence, values);
        return null;
    }

    private void Fault(string member, string sentence, params object[] values) => _faults.Add(new PolicyFault($"{_path}.{member}", sentence, values));
}
