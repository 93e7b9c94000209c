using System.Text;
using AuthServer.Outbound;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Tests.Vault.Dialect;

/// <summary>Apps and answers of the shipped providers.</summary>
internal static class DialectSamples
{
    public const string Redirect = "https://id.example/connect/accounts/callback";
    public const string Verifier = "vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv";

    public static DateTimeOffset Now { get; } = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<string> OAuthProviders { get; } = [.. ShippedProviders.All.Where(provider => provider.Oauth is not null).Select(provider => provider.Id)];

    public static ProviderApp App(string providerId, params (string Name, string Value)[] fields) => App(ShippedProviders.Find(providerId)!, new ConnectionSettings(), fields);

    public static ProviderApp App(Provider provider, ConnectionSettings settings, params (string Name, string Value)[] fields) => Create(provider, settings, fields).App
        ?? throw new InvalidOperationException(Create(provider, settings, fields).Fault!.Code);

    public static (ProviderApp? App, ProviderFault? Fault) Create(Provider provider, ConnectionSettings settings, params (string Name, string Value)[] fields) => ProviderApp.Create(
        provider, new AppCredentials("client id", "s3cret:%+ &", IsShared: false), Redirect, "https://id.example",
        settings with { Fields = fields.ToDictionary(field => field.Name, field => field.Value) });

    public static OutboundResult Answer(int status, string body, string type = "application/json") => new()
    {
        Status = status,
        Body = Encoding.UTF8.GetBytes(body),
        Headers = new Dictionary<string, string> { ["Content-Type"] = type },
    };

    public static string Text(ReadOnlyMemory<byte>? body) => Encoding.UTF8.GetString(body!.Value.Span);
}
