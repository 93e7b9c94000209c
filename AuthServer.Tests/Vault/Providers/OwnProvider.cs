using System.Text.Json.Nodes;

namespace AuthServer.Tests.Vault.Providers;

/// <summary>A provider that an organization describes: complete, and with one thing changed.</summary>
internal static class OwnProvider
{
    private const string Complete = """
        {
          "id": "tracker", "name": "Acme Tracker", "category": "development", "description": "Tickets of Acme",
          "oauth": {
            "authorize": { "url": "https://{host}/oauth/authorize", "parameters": { "prompt": "consent", "team": "{team}" }, "pkce": "required" },
            "scopes": {
              "separator": ",", "prefix": "tracker:", "extra_parameters": { "user_scope": "What it may do as you" },
              "default": ["tracker:read"], "identity": ["tracker:read"],
              "known": [
                { "name": "tracker:read", "words": "read tickets", "access": "read" },
                { "name": "tracker:write", "words": "change tickets", "access": "write", "reviewed": true },
                { "name": "tracker:search", "words": "search as you", "access": "read", "parameter": "user_scope" }
              ],
              "presets": { "read_only": ["tracker:read"], "read_write": ["tracker:read", "tracker:write"], "admin": ["tracker:write"],
                "specific": [{ "name": "tickets", "label": "Tickets only", "scopes": ["tracker:write"] }] }
            },
            "token": { "url": "https://{host}/oauth/token", "format": "json", "client_authentication": ["post", "basic"], "headers": { "Accept": "application/json" },
              "answer": { "access_token": "token || access_token", "hint": "codes[]", "success": [{ "values": { "ok": ["true"] } }],
                "second": { "kind": "user", "access_token": "user.token" } },
              "expiry": ["expires_in", "introspection"], "default_lifetime": 3600 },
            "refresh": { "mode": "always", "rotation": "single_use", "url": "https://{host}/oauth/refresh", "grace_seconds": 60, "idle_seconds": 7776000, "absolute_seconds": 31536000,
              "needs_scope": "tracker:read", "dead_codes": ["gone"], "dead_statuses": [403], "configuration_codes": ["bad_app"], "interaction_codes": ["login"],
              "transient": [{ "code": "busy", "description": "try again" }], "hints": { "17": "The person has left." } },
            "identity": { "call": { "url": "https://{host}/api/me" }, "account_key": { "call": ["user.id"], "fields": ["host"] }, "email_path": "user.email", "name_path": "user.name",
              "email": { "call": { "url": "https://{host}/api/mails" }, "email_path": "[primary=true].email" } },
            "revocation": { "call": { "method": "POST", "url": "https://{host}/oauth/revoke", "authentication": "client_basic", "format": "form", "fields": { "token": "{token}" } } },
            "introspection": { "call": { "method": "POST", "url": "https://{host}/oauth/introspect", "format": "form", "fields": { "token": "{access_token}" } },
              "active": [{ "values": { "active": ["true"] } }], "dead": [{ "values": { "active": ["false"] } }], "expires_path": "exp" },
            "discovery": { "url": "https://{host}/.well-known/openid-configuration", "issuer": "https://{host}" },
            "test": { "call": { "url": "https://{host}/api/me" }, "accepted": [{ "present": ["user.id"] }], "limited": [{ "statuses": [403] }] }
          },
          "api_key": {
            "fields": [{ "name": "key", "label": "API key", "pattern": "^trk_" }, { "name": "account", "label": "Account", "pattern": "^[a-z]+$", "secret": false }],
            "credential": [{ "in": "header", "name": "X-Tracker-Key", "value": "{key}" }],
            "base_url": "https://{account}.acme.example/api",
            "test": { "call": { "url": "https://{account}.acme.example/api/ping" } }
          },
          "api": { "base_url": "https://{host}/api", "hosts": ["files.acme.example", "*.cdn.acme.example"], "headers": { "X-Team": "{team}", "User-Agent": "AuthServer ({issuer})" },
            "unauthorized": [{ "statuses": [401] }, { "statuses": [200], "values": { "error": ["expired"] } }],
            "rate_limit": { "rules": [{ "statuses": [429] }], "remaining": "X-Left", "reset": "X-Reset", "reset_unit": "epoch_seconds", "wait_seconds": 10 } },
          "fields": [
            { "name": "host", "label": "Host", "kind": "host", "default": "tracker.acme.example" },
            { "name": "team", "label": "Team", "pattern": "^[a-z]+$" },
            { "name": "workspace", "label": "Workspace", "required": true, "from": { "call": { "url": "https://{host}/api/workspaces" }, "value_path": "[].id", "label_path": "[].name" } }
          ],
          "setup": { "app_url": "https://{host}/apps", "documentation_url": "https://docs.acme.example", "steps": ["Register an app."], "cautions": ["Tokens live an hour."] },
          "template": { "scopes": ["tracker:read"], "settings": { "auto_refresh": true, "rate_limit": 50, "timeout": 15 } }
        }
        """;

    public static JsonObject Valid(string id = "tracker")
    {
        var provider = JsonNode.Parse(Complete)!.AsObject();
        provider["id"] = id;
        return provider;
    }

    /// <param name="path">Names and indexes joined by dots, <c>fields.0.name</c>.</param>
    /// <param name="json">Null: the member is left out.</param>
    public static JsonObject With(string path, string? json)
    {
        var provider = Valid();
        var steps = path.Split('.');
        JsonNode at = provider;
        foreach (var (i, step) in steps[..^1].Index())
        {
            at = at is JsonArray list ? list[int.Parse(step, null)]! : at[step] ??= steps[i + 1] == "0" ? new JsonArray([null]) : new JsonObject();
        }

        if (at is JsonArray array)
        {
            array[int.Parse(steps[^1], null)] = JsonNode.Parse(json!);
        }
        else if (json is null)
        {
            at.AsObject().Remove(steps[^1]);
        }
        else
        {
            at[steps[^1]] = JsonNode.Parse(json);
        }

        return provider;
    }
}
