using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace AuthServer.Tests.Documents;

/// <summary>The shipped appsettings.json says every default, and says it truly.</summary>
public sealed class ShippedSettingsTests
{
    private static readonly string Shipped = Path.Combine(SourceTree.Root, "appsettings.json");

    [Fact]
    public void The_shipped_file_changes_no_default()
    {
        var bound = new AuthServerOptions();
        new ConfigurationBuilder().AddJsonFile(Shipped).Build().GetSection("AuthServer").Bind(bound);
        Assert.Equal(Normal(new AuthServerOptions()), Normal(bound));
    }

    [Fact]
    public void Every_setting_is_in_the_shipped_file_and_nothing_else_is()
    {
        var json = JsonNode.Parse(File.ReadAllText(Shipped), documentOptions: new() { CommentHandling = JsonCommentHandling.Skip })!["AuthServer"]!.AsObject();
        Assert.Equal(Names(typeof(AuthServerOptions), "").Order(), Names(json, "").Order());
    }

    // An empty value and an absent one mean the same.
    private static string Normal(AuthServerOptions options) => JsonSerializer.Serialize(options).Replace("\"\"", "null", StringComparison.Ordinal);

    private static IEnumerable<string> Names(Type type, string prefix) => type.GetProperties().SelectMany(property =>
        property.PropertyType.Namespace!.StartsWith(nameof(AuthServer), StringComparison.Ordinal) && property.PropertyType is { IsClass: true }
            ? Names(property.PropertyType, $"{prefix}{property.Name}:")
            : [prefix + property.Name]);

    private static IEnumerable<string> Names(JsonObject json, string prefix) => json.SelectMany(member =>
        member.Value is JsonObject { Count: > 0 } inner ? Names(inner, $"{prefix}{member.Key}:") : [prefix + member.Key]);
}
