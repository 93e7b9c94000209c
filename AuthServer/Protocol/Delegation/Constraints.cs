using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace AuthServer.Protocol.Delegation;

/// <summary>The constraints of one delegation: at most one of each key and type, and all of them hold. Immutable.</summary>
public sealed class Constraints
{
    public const int MaxCount = 64;

    private readonly Constraint[] _all;

    private Constraints(Constraint[] all) => _all = all;

    public static Constraints None { get; } = new([]);

    /// <summary>In the order of the document.</summary>
    public IReadOnlyList<Constraint> All => _all;

    /// <summary>The first whose type is not known here; whatever it bounds is denied. Null: all are known.</summary>
    public Constraint? Unknown => Array.Find(_all, constraint => !constraint.IsKnown);

    /// <summary>Those that bound what is used in all.</summary>
    public IReadOnlyList<Constraint> Counted => Array.FindAll(_all, constraint => constraint.IsCounted);

    /// <summary>All others, which bound each action by itself.</summary>
    public Constraints PerAction => Array.Exists(_all, constraint => constraint.IsCounted) ? new(Array.FindAll(_all, constraint => !constraint.IsCounted)) : this;

    /// <summary>False with a sentence for the developer when the array is malformed, too long, or repeats a key with the same type. Unknown types are read.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out Constraints? constraints, [NotNullWhen(false)] out string? fault)
    {
        constraints = null;
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > MaxCount)
        {
            fault = $"Constraints are an array of at most {MaxCount} objects.";
            return false;
        }

        var all = new List<Constraint>();
        foreach (var element in json.EnumerateArray())
        {
            if (!Constraint.TryRead(element, out var constraint, out fault))
            {
                return false;
            }

            all.Add(constraint);
        }

        if (all.DistinctBy(constraint => (constraint.Key, constraint.Type)).Count() < all.Count)
        {
            fault = "Two constraints have the same key and the same type.";
            return false;
        }

        (constraints, fault) = (new Constraints([.. all]), null);
        return true;
    }

    /// <summary>Whether each of the parent's is in the child with the same key and type, and as narrow. One that is missing bounds nothing, and one of
    /// another type says nothing about it. The child may have more.</summary>
    public static bool IsNarrower(Constraints parent, Constraints child) =>
        Array.TrueForAll(parent._all, of => Array.Find(child._all, own => own.Key == of.Key && own.Type == of.Type)?.IsWithin(of) == true);

    /// <summary>Whether the action is within all of them.</summary>
    public bool Permits(ActionValues action) => FirstAgainst(action) is null;

    /// <summary>The first known one that the action violates, else the first unknown one; null when it is permitted.</summary>
    public Constraint? FirstAgainst(ActionValues action) => Array.Find(_all, constraint => constraint.IsKnown && !constraint.Permits(action)) ?? Unknown;

    /// <summary>One JSON array, which reads back as the same constraints.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var constraint in _all)
        {
            json.WriteRawValue(constraint.Json);
        }

        json.WriteEndArray();
    }

    /// <summary>The same as text.</summary>
    public override string ToString() => $"[{string.Join(',', _all.Select(constraint => constraint.Json))}]";
}
