using AuthServer.Languages;

namespace AuthServer.Pages.Forms;

/// <summary>What is wrong with a form, in the order of its fields.</summary>
public sealed class FormFaults
{
    private readonly List<KeyValuePair<string, string>> _faults = [];

    /// <summary>Field (empty: the form as a whole) and sentence.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> All => _faults;

    public bool Any => _faults.Count > 0;

    public string? this[string field] => _faults.FirstOrDefault(fault => fault.Key == field).Value;

    /// <summary>What the API says in English is said here as the reader reads.</summary>
    public void Add(string field, Sentence message) => _faults.Add(new(field, Texts.T(message)));
}
