using AuthServer.Vault.Accounts;
using AuthServer.Vault.Dialect;

namespace AuthServer.Docs.Errors;

/// <summary>Every code of an error that a program can see, each once. A test finds those in the source that are missing here.</summary>
public static class ErrorList
{
    private static readonly ErrorSection[] Own =
    [
        ProtocolErrors.Section,
        RequestErrors.Section,
        CallerErrors.Section,
        AgentErrors.Section,
        OrganizationErrors.Section,
        PersonErrors.Section,
        DecisionErrors.Section,
        VaultErrors.Section,
    ];

    public static IReadOnlyList<ErrorSection> Sections { get; } = [.. Own, Provider()];

    /// <summary>The vault's own list has the words already.</summary>
    private static ErrorSection Provider()
    {
        var known = Own.SelectMany(section => section.Entries).Select(entry => entry.Code).ToHashSet(StringComparer.Ordinal);
        return new(
            "What happens at providers",
            "The state of a connected account or a connection names these, as do the return address of a link that failed and the answers about a token that cannot be had.",
            [.. ProviderFaults.All.Concat(LinkFaults.All).Where(fault => known.Add(fault.Code)).Select(fault => new ErrorEntry(fault.Code, WhoseOf(fault.Kind), fault.Words, fault.NextStep))]);
    }

    private static string WhoseOf(FaultKind kind) => kind switch
    {
        FaultKind.Transient => "Passes by itself",
        FaultKind.Connection => "The connection's settings",
        FaultKind.Uncertain => "May have been done",
        _ => "The account's owner",
    };
}
