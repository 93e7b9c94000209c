using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Outbound;
using AuthServer.Protocol;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Refresh;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Proxy;

/// <summary>Opens what a call is made with.</summary>
public sealed class ProxyCredentials(AccountTokens tokens, SealedTokens kept, VaultSeal seal, TimeProvider clock)
{
    private static readonly Problem Unusable = new(
        StatusCodes.Status424FailedDependency, "connection_unusable", $"{ProviderFaults.FieldMissing.Words} {ProviderFaults.FieldMissing.NextStep}");

    private static readonly Problem Unreadable = new(
        StatusCodes.Status424FailedDependency, "connection_unusable", $"{ProviderFaults.Sealed.Words} {ProviderFaults.Sealed.NextStep}");

    private static readonly Problem NoSuchKind = Problem.Malformed("token_kind", "This provider gives no second token of that kind.");

    private static readonly Problem NoSecond = new(
        StatusCodes.Status424FailedDependency, "account_unusable", "The account has no such token, or not any more: connect it again, with scopes that need one.");

    /// <param name="kind">Which of an account's two tokens; null: the first.</param>
    public async Task<Answer<OpenedCredential>> OpenAsync(ProxyPass pass, string? kind, CancellationToken ct)
    {
        if (pass.Account is not { } account)
        {
            return kind is null ? OfKey(pass) : NoSuchKind;
        }

        return (await tokens.GetAsync(account, ct)).Failed(out var problem, out var found) ? problem
            : kind is null ? OfTokens(pass, found)
            : pass.Provider.Oauth?.Token.Answer.Second?.Kind != kind ? NoSuchKind
            : found.Secondary is not { } second || second.ExpiresAt <= clock.GetUtcNow() ? NoSecond
            : OfTokens(pass, second with { Fields = found.Fields });
    }

    /// <summary>Which other of the API's hosts a call is for, as policies name it; null: the base itself. Nobody is asked for new tokens: the call is still to be decided.</summary>
    public string? HostOf(ProxyPass pass, string? origin)
    {
        if (origin is null || !Uri.TryCreate(origin, UriKind.Absolute, out var other))
        {
            return origin;
        }

        var opened = pass.Account is not { } account ? OfKey(pass) : kept.Open(account.Tokens, account.TokensPlace) is { } found ? OfTokens(pass, found) : Unusable;
        return opened.Value is { } known && ProxyTarget.IsSameOrigin(other, known.Target.Base) ? null
            : HostName.Of(other) is { } host ? other.IsDefaultPort ? host : $"{host}:{other.Port}"
            : origin;
    }

    /// <summary>After the provider refused it; null: there is no other.</summary>
    public async Task<OpenedCredential?> RenewAsync(ProxyPass pass, OpenedCredential refused, string? kind, CancellationToken ct) =>
        kind is null && (await tokens.RefreshAsync(pass.Account!.Id, refused.AccessToken!, ct)).Value is { } found && found.AccessToken != refused.AccessToken ? OfTokens(pass, found).Value : null;

    private static Answer<OpenedCredential> OfTokens(ProxyPass pass, TokenSet tokens)
    {
        if (FieldsOf(pass) is not { } fields || pass.Provider.Oauth is not { } oauth)
        {
            return Unusable;
        }

        string? Value(string name) => name == Placeholders.AccessToken ? tokens.AccessToken : fields.GetValueOrDefault(name) ?? tokens.Fields?.GetValueOrDefault(name);
        return ProxyCredential.Create(oauth.Credential, Value, [tokens.AccessToken]) is { } credential
            && TargetOf(pass, ApiBase.Of(pass.Provider, pass.Settings, Value)) is { } target
            ? new OpenedCredential(credential, target, HeadersOf(pass, Value), tokens.AccessToken)
            : Unusable;
    }

    private Answer<OpenedCredential> OfKey(ProxyPass pass)
    {
        if (FieldsOf(pass) is not { } fields || pass.Provider.ApiKey is not { } rules || pass.Connection.Secret is not { } envelope)
        {
            return Unusable;
        }

        if (!seal.TryOpen(envelope, pass.Connection.SecretPlace, out var plain, out _))
        {
            return Unreadable;
        }

        var parts = JsonSerializer.Deserialize<Dictionary<string, string>>(plain)!;
        CryptographicOperations.ZeroMemory(plain);
        string? Value(string name) => parts.GetValueOrDefault(name) ?? fields.GetValueOrDefault(name);
        return ProxyCredential.Create(PlacesOf(pass.Settings.Key, rules), Value, parts.Values) is { } credential
            && TargetOf(pass, pass.Settings.BaseUrl ?? FilledAddress.Of(pass.Provider, pass.Provider.KeyBaseUrl, Value)) is { } target
            ? new OpenedCredential(credential, target, HeadersOf(pass, Value), null)
            : Unusable;
    }

    /// <summary>Where the key goes: as the connection says, and else as the provider's definition does.</summary>
    private static IReadOnlyList<CredentialPlace> PlacesOf(KeyPlacement? own, ApiKeyRules rules) => own is null || rules.Fields.Count == 0 ? rules.Credential :
    [
        new CredentialPlace
        {
            In = own.In == "query" ? CredentialLocation.Query : CredentialLocation.Header,
            Name = own.Name,
            Value = $"{own.Prefix}{{{rules.Fields[0].Name}}}",
        },
    ];

    private static IReadOnlyDictionary<string, string>? FieldsOf(ProxyPass pass) => FilledAddress.ReadFields(pass.Provider, pass.Settings);

    private static ProxyTarget? TargetOf(ProxyPass pass, string? baseUrl) =>
        Uri.TryCreate(baseUrl, UriKind.Absolute, out var address) && address is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 } ? new ProxyTarget(address, pass.Provider.Api.Hosts) : null;

    /// <summary>What is sent with every call: the provider's, which callers may replace, and the connection's, which they may not.</summary>
    private static IReadOnlyList<FixedHeader> HeadersOf(ProxyPass pass, Func<string, string?> value) =>
    [
        .. from header in pass.Provider.Api.Headers
           let filled = Placeholders.Fill(header.Value, value)
           where filled is not null
           select new FixedHeader(header.Key, filled, IsFirm: false),
        .. pass.Settings.Headers.Where(header => ProxyHeaders.IsSent(header.Key)).Select(header => new FixedHeader(header.Key, header.Value, IsFirm: true)),
        .. pass.Settings.UserAgent is { } agent ? new[] { new FixedHeader("User-Agent", agent, IsFirm: true) } : [],
    ];
}

/// <param name="IsFirm">Whether a caller's own does not replace it.</param>
public sealed record FixedHeader(string Name, string Value, bool IsFirm);

/// <summary>All that makes a call the connection's own.</summary>
/// <param name="AccessToken">Null: it is an API key.</param>
public sealed record OpenedCredential(ProxyCredential Credential, ProxyTarget Target, IReadOnlyList<FixedHeader> Headers, string? AccessToken)
{
    /// <summary>The call as it is sent.</summary>
    internal HttpRequestMessage Write(ProxyRequest request, Uri address, Patience patience, bool withCredential)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), withCredential ? Credential.Address(address) : address) { Content = request.Content(patience) };
        foreach (var (name, values) in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, values))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, values);
            }
        }

        // What was stored before such names were refused is not sent.
        foreach (var header in Headers.Where(header => !ContentHeaders.Has(header.Name)).Where(header => header.IsFirm || !message.Headers.Contains(header.Name)))
        {
            message.Headers.Remove(header.Name);
            message.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        if (withCredential)
        {
            Credential.Write(message.Headers);
        }

        return message;
    }

    public override string ToString() => "OpenedCredential (redacted)";
}
