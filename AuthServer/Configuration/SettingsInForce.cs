using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace AuthServer.Configuration;

/// <summary>Each setting as it is in force, with where it came from; secrets masked.</summary>
public sealed class SettingsInForce(IConfiguration configuration)
{
    private const string Section = "AuthServer";

    // Of what else is there, an environment holds much that is nobody's business.
    private static readonly string[] Others = ["Urls", "Logging"];

    private static readonly Dictionary<string, string?> Defaults = Walk(new AuthServerOptions(), "").ToDictionary(pair => pair.Path, pair => pair.Value, StringComparer.OrdinalIgnoreCase);

    // The file as it was built with: the one beside the program is there to be changed.
    private static readonly Lazy<IConfiguration> Shipped = new(() =>
    {
        using var file = typeof(SettingsInForce).Assembly.GetManifestResourceStream("AuthServer.Configuration.appsettings.json")!;
        return new ConfigurationBuilder().AddJsonStream(file).Build();
    });

    public IReadOnlyList<SettingInForce> All()
    {
        var providers = LastFirst();
        List<SettingInForce> found = [];
        foreach (var (path, value) in Leaves(configuration.GetSection(Section)))
        {
            var below = path[(Section.Length + 1)..];
            var isKnown = IsKnown(below);
            var isDefault = IsShipped(path, value) || (Defaults.TryGetValue(below, out var given) && string.Equals(given ?? "", value, StringComparison.OrdinalIgnoreCase));
            found.Add(new SettingInForce(path, SecretKeys.Shown(below, value, isKnown), SourceOf(providers, path), isDefault, isKnown));
        }

        var said = found.Select(setting => setting.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        found.AddRange(Defaults.Where(pair => !said.Contains($"{Section}:{pair.Key}"))
            .Select(pair => new SettingInForce($"{Section}:{pair.Key}", SecretKeys.Shown(pair.Key, pair.Value ?? "", true), SettingSource.Default, true, true)));
        found.AddRange(Others.SelectMany(other => Leaves(configuration.GetSection(other)))
            .Select(leaf => new SettingInForce(leaf.Path, SecretKeys.Shown(leaf.Path, leaf.Value, IsPlain(leaf.Path)), SourceOf(providers, leaf.Path), IsShipped(leaf.Path, leaf.Value), true)));
        return [.. found.OrderBy(setting => setting.Key, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Whether it is as everybody gets it, the empty lists among it.</summary>
    private static bool IsShipped(string path, string value) => string.Equals(Shipped.Value[path], value, StringComparison.OrdinalIgnoreCase);

    /// <summary>What logs are sent to takes whatever its maker thought of, secrets too; how much is logged is none.</summary>
    private static bool IsPlain(string path) => path.Equals("Urls", StringComparison.OrdinalIgnoreCase) || path.Contains(":LogLevel:", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<(string Path, string Value)> Leaves(IConfigurationSection section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            return section.Value is { } value ? [(section.Path, value)] : [];
        }

        return children.SelectMany(Leaves);
    }

    /// <summary>Where a setting came from.</summary>
    /// <param name="path">As <c>AuthServer:Issuer</c>.</param>
    public SettingSource SourceOf(string path) => SourceOf(LastFirst(), path);

    private List<IConfigurationProvider> LastFirst() => configuration is IConfigurationRoot root ? root.Providers.Reverse().ToList() : [];

    // Of several, the last one that says it counts.
    private static SettingSource SourceOf(List<IConfigurationProvider> lastFirst, string path) => lastFirst.FirstOrDefault(provider => provider.TryGet(path, out _)) switch
    {
        JsonConfigurationProvider => SettingSource.File,
        EnvironmentVariablesConfigurationProvider => SettingSource.Environment,
        CommandLineConfigurationProvider => SettingSource.CommandLine,
        null => SettingSource.Default,
        _ => SettingSource.Other,
    };

    /// <summary>A setting of its own, or below one that is a list or has names of its own.</summary>
    private static bool IsKnown(string path)
    {
        var type = typeof(AuthServerOptions);
        foreach (var part in path.Split(':'))
        {
            if (ElementOf(type) is { } element)
            {
                type = element;
                continue;
            }

            if (type.GetProperty(part, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase) is not { } property)
            {
                return false;
            }

            type = property.PropertyType;
        }

        return true;
    }

    private static Type? ElementOf(Type type) => type == typeof(string) || !type.IsGenericType || !type.IsAssignableTo(typeof(IEnumerable)) ? null : type.GetGenericArguments()[^1];

    private static IEnumerable<(string Path, string? Value)> Walk(object options, string prefix)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var (path, value) = (prefix + property.Name, property.GetValue(options));
            if (ElementOf(property.PropertyType) is not null)
            {
                continue; // empty by default
            }

            if (value is not null && property.PropertyType.IsClass && property.PropertyType != typeof(string))
            {
                foreach (var below in Walk(value, path + ":"))
                {
                    yield return below;
                }
            }
            else
            {
                yield return (path, Convert.ToString(value, CultureInfo.InvariantCulture));
            }
        }
    }
}

/// <param name="Value">Fit to be shown: a secret is masked.</param>
/// <param name="IsDefault">It says what the server would do without it.</param>
/// <param name="IsKnown">False: the server has no such setting.</param>
public sealed record SettingInForce(string Key, string Value, SettingSource Source, bool IsDefault, bool IsKnown);

/// <summary>Who said it.</summary>
public enum SettingSource
{
    Default,
    File,
    Environment,
    CommandLine,
    Other,
}
