using System.Text.Json;
using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Languages;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>Discovery (OIDC Discovery §3, RFC 8414 §2), built from what is registered. One document serves both addresses.</summary>
public sealed class Metadata(IssuerUri issuer, Grants grants, SigningKeys keys, RegistrationPolicy registration, SignUpPolicy signUp, KnownLanguages languages)
{
    private const string Cache = "public, max-age=300";

    internal static readonly string[] ResponseTypes = ["code"];
    internal static readonly string[] SubjectTypes = ["public"];

    private (IReadOnlyList<JwsAlgorithm> Algorithms, byte[] Document)? _built;

    public Task HandleAsync(HttpContext http)
    {
        // The key algorithms can change while the server runs; nothing else here can.
        var algorithms = keys.Algorithms;
        if (_built is not { } built || !built.Algorithms.SequenceEqual(algorithms))
        {
            _built = built = (algorithms, Build(algorithms));
        }

        return WriteAsync(http, built.Document);
    }

    public Task HandleJwksAsync(HttpContext http) => WriteAsync(http, keys.Jwks);

    /// <summary>A document that anybody may keep for a while.</summary>
    internal static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> document)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = document.Length;
        http.Response.Headers.CacheControl = Cache;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(document, http.RequestAborted);
        }
    }

    private byte[] Build(IReadOnlyList<JwsAlgorithm> algorithms)
    {
        return OAuthResponse.Serialize(algorithms, (json, algorithms) =>
        {
            json.WriteStartObject();
            json.WriteString("issuer", issuer.Value);
            json.WriteString("authorization_endpoint", issuer.At(Routes.Authorize));
            json.WriteString("token_endpoint", issuer.At(Routes.Token));
            json.WriteString("userinfo_endpoint", issuer.At(Routes.UserInfo));
            json.WriteString("jwks_uri", issuer.At(Routes.Jwks));
            json.WriteString("introspection_endpoint", issuer.At(Routes.Introspect));
            json.WriteString("revocation_endpoint", issuer.At(Routes.Revoke));
            json.WriteString("end_session_endpoint", issuer.At(Routes.EndSession));
            if (registration.IsOffered)
            {
                json.WriteString("registration_endpoint", issuer.At(Routes.Register));
            }

            Write(json, "scopes_supported", ScopeNames.OfPeople);
            Write(json, "response_types_supported", ResponseTypes);
            Write(json, "response_modes_supported", ResponseModes.All);
            Write(json, "grant_types_supported", grants.Types);
            Write(json, "subject_types_supported", SubjectTypes);
            Write(json, "id_token_signing_alg_values_supported", algorithms.Select(algorithm => algorithm.Name()));
            Write(json, "token_endpoint_auth_methods_supported", ClientAuthenticationMethods.All);
            Write(json, "token_endpoint_auth_signing_alg_values_supported", JwsAlgorithms.Names);
            Write(json, "introspection_endpoint_auth_methods_supported", ClientAuthenticationMethods.All.Where(method => method != ClientAuthenticationMethods.None));
            Write(json, "introspection_endpoint_auth_signing_alg_values_supported", JwsAlgorithms.Names);
            Write(json, "revocation_endpoint_auth_methods_supported", ClientAuthenticationMethods.All);
            Write(json, "revocation_endpoint_auth_signing_alg_values_supported", JwsAlgorithms.Names);
            Write(json, "dpop_signing_alg_values_supported", JwsAlgorithms.Names);
            Write(json, "code_challenge_methods_supported", [Pkce.Method]);
            Write(json, "prompt_values_supported", PromptValues.All);
            Write(json, "acr_values_supported", Acr.All);
            Write(json, "claim_types_supported", ["normal"]);
            Write(json, "claims_supported", ["iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", .. PersonClaims.Names]);
            Write(json, "ui_locales_supported", languages.All.Select(language => language.Tag));
            json.WriteBoolean("claims_parameter_supported", true);
            json.WriteBoolean("request_parameter_supported", false);
            json.WriteBoolean("request_uri_parameter_supported", false);
            json.WriteBoolean("client_id_metadata_document_supported", registration.MetadataDocuments);
            json.WriteBoolean("authorization_response_iss_parameter_supported", true);
            if (signUp.Agents != SignUpMode.Closed)
            {
                AgentConfiguration.WriteAgentAuth(json, issuer);
            }

            json.WriteEndObject();
        }).ToArray();
    }

    internal static void Write(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
