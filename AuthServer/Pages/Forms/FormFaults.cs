using AuthServer.Http.Api;
using AuthServer.Languages;

namespace AuthServer.Pages.Forms;

/// <summary>What is wrong with a form, in the order of its fields.</summary>
public sealed class FormFaults
{
    private readonly List<KeyValuePair<string, string>> _faults = [];

    /// <summary>Field (empty: the form as a whole) and sentence.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All => _faults;

    public bool Any => _faults.Count > 0;

    /// <summary>All that is wrong with a field, each on a line of its own; null: nothing.</summary>
    public string? this[string field] => _faults.Where(fault => fault.Key == field).Select(fault => fault.Value).Distinct().ToList() is { Count: > 0 } said ? string.Join('\n', said) : null;

    /// <summary>What is wrong with the form as a whole. Who is too late is not sent to an ETag: their form comes back with the present version.</summary>
    public void Add(Problem problem) =>
        Add("", problem == Problem.Stale ? "Somebody changed it meanwhile. What you typed stands below and is not saved: save it again if it is still meant." : problem.Said);

    /// <summary>What the API says in English is said here as the reader reads.</summary>
    public void Add(string field, Sentence message) => _faults.Add(new(field, Texts.T(message)));
}

/// <summary>What is wrong with one field, as it is said beneath it.</summary>
/// <param name="Id">Of the field.</param>
/// <param name="Said">Each fault on a line of its own.</param>
public sealed record FieldFault(string Id, string Said)
{
    public IReadOnlyList<string> Lines => Said.Split('\n');
}
