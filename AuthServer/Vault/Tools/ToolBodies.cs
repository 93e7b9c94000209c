using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Proxy;

namespace AuthServer.Vault.Tools;

/// <summary>What a caller can do by a connection.</summary>
/// <param name="Data">The tools.</param>
/// <param name="Accounts">With which accounts; none where the connection has an API key.</param>
/// <param name="TokenKind">The kind of the accounts' second token, which a call can name; null: they have one token each.</param>
[SnakeCase]
public sealed record ToolList(IReadOnlyList<ToolItem> Data, IReadOnlyList<ToolAccount> Accounts, string? TokenKind);

/// <summary>A tool as agents are told of it.</summary>
/// <param name="InputSchema">JSON Schema 2020-12 of its arguments.</param>
[SnakeCase]
public sealed record ToolItem(string Name, string Title, string Description, ToolEffect Effect, JsonElement InputSchema, string Method, string Path)
{
    internal static ToolItem Of(ProviderTool tool) => new(tool.Name, tool.Title, tool.Description, tool.Effect, tool.InputSchema, tool.Method, tool.Path);
}

/// <summary>An account that tools can be used with.</summary>
/// <param name="Identifier">The customer's own name of whose it is.</param>
[SnakeCase]
public sealed record ToolAccount(string Id, string Identifier, string IdentifierType)
{
    internal static ToolAccount Of(ProxyPass pass) => new(pass.Account!.Id, pass.Account.Identifier, pass.Account.IdentifierType);
}

/// <summary>A call of a tool.</summary>
[SnakeCase]
public sealed record ToolCallBody
{
    /// <summary>As the tool's input schema says.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>Needed where there are several that can do it.</summary>
    public string? AccountId { get; init; }

    /// <summary>Which of an account's two tokens, such as Slack's <c>user</c>; without it, the first.</summary>
    public string? TokenKind { get; init; }
}
