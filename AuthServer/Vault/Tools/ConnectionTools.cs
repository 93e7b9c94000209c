using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Proxy;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Tools;

/// <summary>The tools of a connection: those that a caller can use, and their use.</summary>
public sealed class ConnectionTools(ToolAccounts accounts, ProxyGate gate, ProxyBatch calls)
{
    private static readonly Problem UnknownTool = new(StatusCodes.Status404NotFound, "unknown_tool", "The connection has no such tool, or none of the accounts can do it.");

    /// <summary>What is left of the provider's tools after the accounts' scopes and the organization's policies; what a person has to approve stays.</summary>
    public async Task<Answer<ToolList>> ListAsync(HttpContext http, ActingParty caller, string connectionId, CancellationToken ct)
    {
        if ((await accounts.FindAsync(caller, connectionId, null, ct)).Failed(out var problem, out var passes))
        {
            return problem;
        }

        List<ProviderTool> usable = [];
        foreach (var tool in passes[0].Provider.Tools)
        {
            if (passes.FirstOrDefault(pass => CanDo(pass, tool, null)) is { } pass && await gate.WouldAsync(http, pass, ProxyGate.Use, WhatOf(tool.Method, tool.Path), ct) != PolicyOutcome.Denied)
            {
                usable.Add(tool);
            }
        }

        return new ToolList([.. usable.Select(ToolItem.Of)], [.. passes.Where(pass => pass.Account is not null).Select(ToolAccount.Of)],
            passes[0].Account is null ? null : passes[0].Provider.Oauth?.Token.Answer.Second?.Kind);
    }

    public async Task<Answer<CallAnswer>> CallAsync(HttpContext http, ActingParty caller, string connectionId, string name, ToolCallBody body, CancellationToken ct) =>
        body.Arguments is null or { ValueKind: JsonValueKind.Object }
            ? await CallAsync(http, caller, connectionId, new ToolUse(body.AccountId, body.TokenKind), name, body.Arguments is { } given ? JsonObject.Create(given)! : [], ct)
            : Problem.Invalid("arguments", "Give a JSON object.");

    public async Task<Answer<CallAnswer>> CallAsync(
        HttpContext http, ActingParty caller, string connectionId, ToolUse use, string name, JsonObject arguments, CancellationToken ct)
    {
        if ((await accounts.FindAsync(caller, connectionId, use.AccountId, ct)).Failed(out var problem, out var passes))
        {
            return problem;
        }

        if (passes[0].Provider.Tools.FirstOrDefault(one => one.Name == name) is not { } tool || passes.Where(pass => CanDo(pass, tool, use.TokenKind)).ToArray() is not [var pass, .. var others])
        {
            return UnknownTool;
        }

        if (others.Length > 0)
        {
            return Problem.Invalid("account_id", $"Say which account: {string.Join(", ", passes.Take(ToolAccounts.Most).Select(one => one.Id))}.");
        }

        if (ToolRequest.Make(tool, arguments).Failed(out problem, out var request) || ProxyPath.Read(request.Path[1..] + request.Query).Failed(out problem, out var path))
        {
            return problem;
        }

        return await calls.RunAsync(http, pass, new ProxyRequest
        {
            Method = request.Method,
            Path = path,
            TokenKind = use.TokenKind,
            Headers = [new("Accept", ["application/json"]), .. request.Body is null ? Array.Empty<KeyValuePair<string, string[]>>() : [new("Content-Type", ["application/json"])]],
            Body = request.Body is { } body ? JsonSerializer.SerializeToUtf8Bytes(body) : null,
        }, ct);
    }

    /// <summary>How the policies name it: as every other call through the vault.</summary>
    private static string WhatOf(string method, string path) => $"{method}{path}";

    /// <summary>As far as anybody here knows: what a second token may do is told by the provider alone.</summary>
    private static bool CanDo(ProxyPass pass, ProviderTool tool, string? tokenKind) =>
        tokenKind is not null || tool.Scopes.Count == 0 || pass.Account is not { } account || ToolAccounts.ScopesOf(account) is not { } granted || tool.Scopes.Any(granted.Contains);
}

/// <summary>What a tool is called with.</summary>
/// <param name="AccountId">Null: the only account that the caller can use.</param>
/// <param name="TokenKind">Which of its two tokens; null: the first.</param>
public sealed record ToolUse(string? AccountId, string? TokenKind);
