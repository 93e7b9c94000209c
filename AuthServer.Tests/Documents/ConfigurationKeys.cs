using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AuthServer.Tests.Documents;

/// <summary>Writes <c>docs/configuration-keys.md</c> out of the options tree: names, types and defaults are the code's, words are its XML documentation.</summary>
internal static partial class ConfigurationKeys
{
    private const string Start = """
        # Every setting

        Each key can stand in [`appsettings.json`](../appsettings.json), in an environment variable (`AuthServer__Tokens__Code=00:00:30`; the members of a list have
        numbers: `AuthServer__Proxies__0`), or on the command line (`--AuthServer:Tokens:Code=00:00:30`); the later wins. How they work together is in
        [configuration](configuration.md). A key that is not taken as it is stops the start, and every fault is listed at once; so does a value of another type.

        A *duration* is `hh:mm:ss` or `d.hh:mm:ss`. A *secret* is the value itself or a reference to it: `file:/run/secrets/x`, `env:NAME`. *Development* is the
        environment of that name on loopback addresses.

        ## Urls

        Where the server listens, as one or more addresses with `;` between them. Default: `http://localhost:5080`.

        """;

    private static readonly Dictionary<string, XElement> Words = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "AuthServer.xml")).Descendants("member")
        .ToDictionary(member => (string)member.Attribute("name")!, StringComparer.Ordinal);

    public static string Write()
    {
        var page = new StringBuilder(Start);
        Table(page, "AuthServer", typeof(AuthServerOptions), new AuthServerOptions());
        return page.ToString();
    }

    /// <summary>The settings that stand directly in a section, then its sections.</summary>
    private static void Table(StringBuilder page, string section, Type type, object defaults)
    {
        var properties = type.GetProperties();
        page.Append("\n## ").Append(section).Append("\n\n");
        if (SummaryOf("T:" + type.FullName!.Replace('+', '.')) is { Length: > 0 } words && section != "AuthServer")
        {
            page.Append(words).Append("\n\n");
        }

        if (properties.Any(property => SectionOf(property.PropertyType) is null))
        {
            page.Append("| key | type | default | |\n|---|---|---|---|\n");
            foreach (var property in properties.Where(property => SectionOf(property.PropertyType) is null))
            {
                var key = $"P:{type.FullName.Replace('+', '.')}.{property.Name}";
                page.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {TypeOf(property.PropertyType)} | {DefaultOf(property.GetValue(defaults))} | {SummaryOf(key)}{RemarksOf(key)} |\n");
            }
        }

        foreach (var property in properties)
        {
            if (SectionOf(property.PropertyType) is var (inner, suffix))
            {
                Table(page, $"{section}:{property.Name}{suffix}", inner, Activator.CreateInstance(inner)!);
            }
        }
    }

    /// <summary>A type of ours whose members are keys: itself, or of a list's or a dictionary's values.</summary>
    private static (Type Type, string Suffix)? SectionOf(Type type) =>
        IsOurs(type) ? (type, "")
        : type.IsGenericType && type.IsAssignableTo(typeof(IDictionary)) && IsOurs(type.GetGenericArguments()[1]) ? (type.GetGenericArguments()[1], ":NAME")
        : type.IsGenericType && type.IsAssignableTo(typeof(IList)) && IsOurs(type.GetGenericArguments()[0]) ? (type.GetGenericArguments()[0], ":N")
        : null;

    private static bool IsOurs(Type type) => type.IsClass && type.Namespace!.StartsWith("AuthServer", StringComparison.Ordinal);

    private static string TypeOf(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum ? string.Join(", ", Enum.GetNames(plain).Select(name => $"`{name}`"))
            : plain == typeof(TimeSpan) ? "duration"
            : plain == typeof(bool) ? "`true`, `false`"
            : plain == typeof(int) ? "number"
            : plain == typeof(string) ? "text"
            : plain == typeof(List<string>) ? "list of texts"
            : throw new NotSupportedException($"Say how {plain} is written.");
    }

    private static string DefaultOf(object? value) => value switch
    {
        null or "" => "none",
        bool yes => yes ? "`true`" : "`false`",
        ICollection { Count: 0 } => "none",
        TimeSpan span => $"`{span:c}`",
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string SummaryOf(string key) => Words.TryGetValue(key, out var member) && member.Element("summary") is { } summary ? Markdown(summary) : "";

    private static string RemarksOf(string key) => Words.TryGetValue(key, out var member) && member.Element("remarks") is { } remarks ? " " + Markdown(remarks) : "";

    private static string Markdown(XElement words) => Spaces().Replace(string.Concat(words.Nodes().Select(node => node switch
    {
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{((string)see.Attribute("cref")!).Split('.')[^1]}`",
        XText text => text.Value,
        _ => "",
    })), " ").Trim().Replace("Null:", "None:", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
