using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AuthServer.Languages;

/// <summary>A sentence of ours for whoever asked for something: programs get it in English, and a page says it in its reader's language.</summary>
public sealed record Sentence
{
    private readonly string _english;
    private readonly object?[] _values;

    private Sentence(string english, object?[] values) => (_english, _values) = (english, values);

    /// <param name="english">The text, with <c>{0}</c>, <c>{1}</c>, … where the values go.</param>
    /// <param name="values">Of this request. What is a <see cref="Sentence"/> among them is said in the same language.</param>
    public static Sentence Of(string english, params object?[] values) => new(english, values);

    [return: NotNullIfNotNull(nameof(english))]
    public static implicit operator Sentence?(string? english) => english is null ? null : new(english, []);

    /// <summary>What is wrong with which field, as programs get it.</summary>
    public static IReadOnlyDictionary<string, string[]> InEnglish(IReadOnlyDictionary<string, Sentence[]> faults) =>
        faults.ToDictionary(fault => fault.Key, fault => fault.Value.Select(sentence => sentence.ToString()).ToArray(), StringComparer.Ordinal);

    /// <summary>The same with other values.</summary>
    public Sentence With(Func<object?, object?> change) => new(_english, [.. _values.Select(change)]);

    public string In(Language language) =>
        _values.Length == 0 ? language.T(_english) : language.T(_english, [.. _values.Select(value => value is Sentence inner ? inner.In(language) : value)]);

    public bool Equals(Sentence? other) => other is not null && _english == other._english && _values.SequenceEqual(other._values);

    public override int GetHashCode() => _english.GetHashCode(StringComparison.Ordinal);

    /// <summary>As programs get it: in English, numbers as programs write them.</summary>
    public override string ToString() => _values.Length == 0 ? _english : string.Format(CultureInfo.InvariantCulture, _english, _values);
}
