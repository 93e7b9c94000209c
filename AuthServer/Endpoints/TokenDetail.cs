using System.Text;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>The trail's detail of a token: how it was asked for and what it may do.</summary>
public static class TokenDetail
{
    public static string Of(string grantType, IReadOnlyList<string> scopes, IReadOnlyList<string> resources, string? delegationId = null, string? key = null, string? mayAct = null, IReadOnlyList<string>? keyIds = null) =>
        Encoding.UTF8.GetString(OAuthResponse.Serialize((grantType, scopes, resources, delegationId, key, mayAct, keyIds), static (json, detail) =>
        {
            json.WriteStartObject();
            json.WriteString("grant_type"u8, detail.grantType);
            json.WriteString("scope"u8, ScopeNames.Join(detail.scopes));
            if (detail.resources.Count > 0)
            {
                json.WriteStartArray("resource"u8);
                foreach (var resource in detail.resources)
                {
                    json.WriteStringValue(resource);
                }

                json.WriteEndArray();
            }

            if (detail.delegationId is not null)
            {
                json.WriteString("delegation_id"u8, detail.delegationId);
            }

            if (detail.key is not null)
            {
                json.WriteString("jkt"u8, detail.key);
            }

            if (detail.keyIds is { Count: > 0 } keyIds)
            {
                json.WriteStartArray("key_ids"u8);
                foreach (var keyId in keyIds)
                {
                    json.WriteStringValue(keyId);
                }

                json.WriteEndArray();
            }

            if (detail.mayAct is not null)
            {
                json.WriteString("may_act"u8, detail.mayAct);
            }

            json.WriteEndObject();
        }).Span);
}
