using System.Text.Json;
using AuthServer.Audit;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;

namespace AuthServer.Approvals;

/// <summary>What the person is told of the act, in the words of the time when it was asked. Names are whatever somebody chose; nothing in it is a secret.</summary>
public sealed record ApprovalShown
{
    private const int MostDetails = 12;
    private const int LongestDetail = 200;

    public string AgentName { get; init; } = "";

    /// <summary>Whose agent it is.</summary>
    public string AgentOwner { get; init; } = "";

    /// <summary>The person in whose name it acts; null: nobody's.</summary>
    public string? UserName { get; init; }

    public IReadOnlyList<ApprovalAction> Actions { get; init; } = [];

    /// <summary>The API that asked; null: the vault, or an API without a name.</summary>
    public string? ApiName { get; init; }

    public string? ConnectionName { get; init; }

    public string? AccountName { get; init; }

    /// <summary>Of a call through the vault.</summary>
    public string? Method { get; init; }

    /// <summary>Its path behind the base; else the resource in the API's own words.</summary>
    public string? Target { get; init; }

    public string? AlsoRead { get; init; }

    public string? TokenKind { get; init; }

    public decimal? Amount { get; init; }

    public string? Currency { get; init; }

    /// <summary>What else the API said of it.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();

    /// <summary>How much of that is not shown.</summary>
    public int MoreDetails { get; init; }

    public IReadOnlyList<string> PolicyNames { get; init; } = [];

    public static ApprovalShown Read(string json) => JsonSerializer.Deserialize<ApprovalShown>(json, ApiJson.Options) ?? new();

    public string Write() => JsonSerializer.Serialize(this, ApiJson.Options);

    /// <summary>All but the names, which have to be read.</summary>
    internal static ApprovalShown Of(ApprovalAsk ask)
    {
        var (input, act) = (ask.Input, ask.Act);
        var target = act.Target ?? input.Resource;
        var (method, path) = act.ConnectionName is not null && target?.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash ? (target[..slash], target[slash..]) : (null, target);
        var details = act.Details ?? new Dictionary<string, JsonElement>();
        return new ApprovalShown
        {
            ConnectionName = act.ConnectionName,
            AccountName = act.AccountName,
            Method = method,
            Target = path is null ? null : AuditDetail.Mask(path),
            AlsoRead = act.AlsoRead is { } also ? AuditDetail.Mask(also) : null,
            TokenKind = act.TokenKind,
            Amount = input.Amount,
            Currency = input.Currency,
            Details = Masked(details),
            MoreDetails = Math.Max(0, details.Count - MostDetails),
            PolicyNames = [.. ask.Policies.Select(policy => policy.Name)],
        };
    }

    // As the trail has it: what sounds like a secret is hidden.
    private static Dictionary<string, string> Masked(IReadOnlyDictionary<string, JsonElement> details)
    {
        var some = details.OrderBy(detail => detail.Key, StringComparer.Ordinal).Take(MostDetails).ToDictionary(detail => detail.Key, detail => detail.Value, StringComparer.Ordinal);
        using var masked = JsonDocument.Parse(AuditDetail.Mask(JsonSerializer.SerializeToElement(some)));
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in masked.RootElement.EnumerateObject())
        {
            var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
            shown[member.Name] = text.Length <= LongestDetail ? text : AuditText.Fit(text, LongestDetail) + "…";
        }

        return shown;
    }
}

/// <summary>An action by its scope.</summary>
/// <param name="Title">What it lets an agent do, as an imperative.</param>
public sealed record ApprovalAction(string Name, string Title, RiskLevel Risk);
