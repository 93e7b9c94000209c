using System.Text.Json.Serialization;
using AuthServer.Http.Api;

namespace AuthServer.Audit;

/// <summary>How long an organization's part of the trail is kept.</summary>
/// <param name="Days">Null: as long as the installation keeps its own.</param>
/// <param name="InstallationDays">Null: for ever.</param>
public sealed record RetentionSetting(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Days,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? InstallationDays,
    [property: JsonIgnore] string Version) : IVersioned;

public sealed class RetentionBody
{
    /// <summary>1 to 36500; null: as long as the installation keeps its own.</summary>
    public int? Days { get; set; }
}
