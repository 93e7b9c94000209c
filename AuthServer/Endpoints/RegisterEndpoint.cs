using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AuthServer.Endpoints;

/// <summary>RFC 7591 §3 and RFC 7592: <c>POST /connect/register</c>, and <c>GET</c>, <c>PUT</c>, <c>DELETE</c> of what came of it.</summary>
public sealed class RegisterEndpoint(Registrations registrations, RegistrationPolicy policy, PreAuthenticationLimit limit, IssuerUri issuer)
{
    private static readonly OAuthError InvalidToken = new("invalid_token", "The token is missing, or it is not for this registration.", "registration_token");

    // RFC 7592 §2.2.
    private static readonly string[] NotInUpdate = ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

    public async Task RegisterAsync(HttpContext http)
    {
        // Each leaves a row behind.
        if (limit.Count(http) is { } tooMany)
        {
            await OAuthResponse.WriteErrorAsync(http, tooMany);
            return;
        }

        if (!policy.IsOpen && !IsInitialToken(TokenHeader.ReadBearer(http)))
        {
            await TokenChallenge.RefuseAsync(http, InvalidToken);
            return;
        }

        if ((await ReadAsync(http.Request)).Failed(out var error, out var said)
            || (await registrations.RegisterAsync(http, said, http.RequestAborted)).Failed(out error, out var client))
        {
            await OAuthResponse.WriteErrorAsync(http, error);
            return;
        }

        if (client.Token is not null)
        {
            http.Response.Headers.Location = AddressOf(client);
        }

        await WriteAsync(http, StatusCodes.Status201Created, client);
    }

    public async Task ReadAsync(HttpContext http)
    {
        var (id, token) = Presented(http);
        if (await registrations.FindAsync(id, token, http.RequestAborted) is { } client)
        {
            await WriteAsync(http, StatusCodes.Status200OK, client with { Token = token });
            return;
        }

        await RefuseAsync(http);
    }

    public async Task ReplaceAsync(HttpContext http)
    {
        var (id, token) = Presented(http);
        if (await registrations.FindAsync(id, token, http.RequestAborted) is null)
        {
            await RefuseAsync(http);
            return;
        }

        if ((await ReadAsync(http.Request)).Failed(out var error, out var said)
            || (error = CheckUpdate(said, id)) is not null
            || (await registrations.ReplaceAsync(http, id, token, said, http.RequestAborted)).Failed(out error, out var client))
        {
            await OAuthResponse.WriteErrorAsync(http, error);
            return;
        }

        await WriteAsync(http, StatusCodes.Status200OK, client with { Token = token });
    }

    public async Task RemoveAsync(HttpContext http)
    {
        var (id, token) = Presented(http);
        if (await registrations.RemoveAsync(http, id, token, http.RequestAborted))
        {
            OAuthResponse.NoStore(http.Response);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        await RefuseAsync(http);
    }

    private static (string ClientId, string Token) Presented(HttpContext http) => ((string)http.Request.RouteValues["client_id"]!, TokenHeader.ReadBearer(http) ?? "");

    private static OAuthError? CheckUpdate(ClientMetadata said, string clientId) =>
        NotInUpdate.FirstOrDefault(name => said.Source.TryGetProperty(name, out _)) is { } name ? ClientMetadata.Invalid($"{name} is not for the client to say.", name)
        : ClientMetadata.Read(said.Source, "client_id", out var named) is { } fault ? fault
        : named == clientId ? null : ClientMetadata.Invalid("client_id must be the one of this registration.", "client_id");

    private static async Task<Result<ClientMetadata>> ReadAsync(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return ClientMetadata.Invalid("The request body must be application/json.", "content_type");
        }

        try
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, request.HttpContext.RequestAborted);
            return ClientMetadata.Parse(body.GetBuffer().AsSpan(0, (int)body.Length));
        }
        catch (BadHttpRequestException e)
        {
            // The server's own limits (size, speed, framing) speak through this exception.
            return e.StatusCode == StatusCodes.Status413PayloadTooLarge ? RequestForm.TooLarge : ClientMetadata.Invalid("The request body could not be read.", "body");
        }
    }

    private bool IsInitialToken(string? token) =>
        token is not null && policy.InitialAccessTokenHash is { } hash
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(Handle.ReferenceId(token)));

    private string AddressOf(RegisteredClient client) => issuer.At($"{Routes.Register}/{client.ClientId}");

    private Task RefuseAsync(HttpContext http)
    {
        var error = limit.Refuse(http, InvalidToken);
        return error == InvalidToken ? TokenChallenge.RefuseAsync(http, error) : OAuthResponse.WriteErrorAsync(http, error);
    }

    private Task WriteAsync(HttpContext http, int status, RegisteredClient client) => OAuthResponse.WriteAsync(http, status, (client, address: AddressOf(client)), static (json, answer) =>
    {
        var client = answer.client;
        json.WriteStartObject();
        json.WriteString("client_id"u8, client.ClientId);
        json.WriteNumber("client_id_issued_at"u8, client.RegisteredAt.ToUnixTimeSeconds());
        if (client.Secret is not null)
        {
            json.WriteString("client_secret"u8, client.Secret);
            json.WriteNumber("client_secret_expires_at"u8, 0);
        }

        if (client.Token is not null)
        {
            json.WriteString("registration_access_token"u8, client.Token);
            json.WriteString("registration_client_uri"u8, answer.address);
        }

        WriteMetadata(json, client);
        json.WriteEndObject();
    });

    private static void WriteMetadata(Utf8JsonWriter json, RegisteredClient client)
    {
        if (client.Name is not null)
        {
            json.WriteString("client_name"u8, client.Name);
        }

        Write(json, "redirect_uris", client.RedirectUris);
        Write(json, "grant_types", client.GrantTypes);
        Write(json, "response_types", ["code"]);
        json.WriteString("token_endpoint_auth_method"u8, client.AuthenticationMethod);
        json.WriteString("application_type"u8, client.ApplicationType);
        if (client.RequiresDPoP)
        {
            json.WriteBoolean("dpop_bound_access_tokens"u8, true);
        }

        if (client.JsonWebKeySetUri is not null)
        {
            json.WriteString("jwks_uri"u8, client.JsonWebKeySetUri);
        }

        if (client.JsonWebKeySet is not null)
        {
            json.WritePropertyName("jwks"u8);
            json.WriteRawValue(client.JsonWebKeySet);
        }
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
