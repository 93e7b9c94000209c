using AuthServer.Administration;
using AuthServer.Configuration;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>The configuration as it is in force, where it came from, and what of it should not be left so.</summary>
public sealed class AdminConfigurationModel(AdminDesk desk, SettingsInForce settings, Installation installation) : AdminPage(desk)
{
    public IReadOnlyList<SettingInForce> Settings { get; private set; } = [];

    /// <summary>By the part of the configuration that they belong to.</summary>
    public IEnumerable<SettingGroup> Groups => Settings.GroupBy(setting => string.Join(':', setting.Key.Split(':')[..^1].Take(2))).Select(group => new SettingGroup(group.Key.Length > 0 ? group.Key : "Urls", [.. group]));

    /// <summary>Without those that say what the server does anyway.</summary>
    public bool OnlyChanged { get; private set; }

    public IReadOnlyList<SettingFinding> Findings => installation.Findings;

    public static string NameOf(SettingSource source) => source switch
    {
        SettingSource.Default => T("Default"),
        SettingSource.File => "appsettings.json",
        SettingSource.Environment => T("Environment"),
        SettingSource.CommandLine => T("Command line"),
        _ => T("Elsewhere"),
    };

    public async Task<IActionResult> OnGetAsync(string? show, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        OnlyChanged = show != "all";
        Settings = [.. settings.All().Where(setting => !OnlyChanged || !setting.IsDefault)];
        return Page();
    }
}

/// <param name="Name">What their keys begin with.</param>
public sealed record SettingGroup(string Name, IReadOnlyList<SettingInForce> Settings)
{
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>What a setting means, once for all that are alike but for their place in a list; null: it was told, or nothing is known.</summary>
    public string? MeaningOf(SettingInForce setting) =>
        AuthServer.Docs.SettingMeanings.Of(setting.Key) is { } meaning && _told.Add(string.Join(':', setting.Key.Split(':').Where(part => !part.All(char.IsAsciiDigit)))) ? meaning : null;
}
