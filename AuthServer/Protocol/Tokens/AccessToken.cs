using System.Text.Json;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Tokens;

/// <summary>What an access token says (RFC 9068 §2.2).</summary>
public sealed record AccessToken
{
    /// <summary>RFC 9068 §2.1: the media type that tells it from every other JWT.</summary>
    public const string MediaType = "at+jwt";

    public required string Issuer { get; init; }

    /// <summary>Also the id of its event in the trail.</summary>
    public required string Id { get; init; }

    public required string Subject { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Resources, or the issuer.</summary>
    public required IReadOnlyList<string> Audience { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? AuthTime { get; init; }

    public string? Acr { get; init; }

    public string? SessionId { get; init; }

    public string? AuthorizationId { get; init; }

    /// <summary>The agent that acts: for itself, or for the subject (RFC 8693 §4.1). Null: no agent does.</summary>
    public AgentIdentity? Agent { get; init; }

    /// <summary>Agents that acted before <see cref="Agent"/>, latest first.</summary>
    public IReadOnlyList<string> PriorActors { get; init; } = [];

    /// <summary>RFC 8693 §4.4: the agent that may act with it later, and no other; null: it does not say.</summary>
    public string? MayAct { get; init; }

    /// <summary>The delegation by which the agent acts.</summary>
    public DelegationChain? Delegation { get; init; }

    /// <summary>API keys that it came by, beside its family.</summary>
    public IReadOnlyList<string> KeyIds { get; init; } = [];

    /// <summary>The organization in whose name a person acts, where no agent says it.</summary>
    public string? OrganizationId { get; init; }

    public string? FamilyId { get; init; }

    /// <summary>The family of the person's own token that it was exchanged for.</summary>
    public string? SubjectFamilyId { get; init; }

    /// <summary>RFC 9449 §6: the thumbprint of the key without which it is worth nothing; null: whoever has it may use it.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>Claims that the authorization request asked userinfo for by name (OIDC Core §5.5).</summary>
    public IReadOnlyList<string> UserInfoClaims { get; init; } = [];

    /// <summary>The claim names under which our private claims travel.</summary>
    public static class Names
    {
        public const string AuthorizationId = "authorization_id";
        public const string FamilyId = "fam";
        public const string SubjectFamilyId = "subject_fam";
        public const string UserInfoClaims = "userinfo_claims";
        public const string AgentType = "agent_type";
        public const string TrustLevel = "trust_level";
        public const string ParentAgentId = "parent_agent_id";
        public const string OrganizationId = "org_id";
        public const string KeyIds = "key_ids";

        /// <summary>The last delegation's id; <see cref="DelegationChain"/> has them all, root first.</summary>
        public const string DelegationId = "delegation_id";
        public const string DelegationChain = "delegation_chain";
    }

    /// <summary>What an agent's token may say.</summary>
    public static IReadOnlyList<string> Claims { get; } =
    [
        "iss", "sub", "aud", "client_id", "scope", "jti", "iat", "exp", "auth_time", "acr", "sid", "act", "may_act", "cnf", "authorization_details", "del_depth", "del_max_depth", "par_hash", Names.AuthorizationId, Names.FamilyId,
        Names.SubjectFamilyId, Names.OrganizationId, Names.KeyIds, Names.AgentType, Names.TrustLevel, Names.ParentAgentId, Names.DelegationId, Names.DelegationChain,
    ];

    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("iss"u8, Issuer);
        json.WriteString("sub"u8, Subject);
        JwtJson.WriteAudience(json, Audience);
        json.WriteString("client_id"u8, ClientId);
        json.WriteString("scope"u8, ScopeNames.Join(Scopes));
        json.WriteString("jti"u8, Id);
        json.WriteNumber("iat"u8, IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, ExpiresAt.ToUnixTimeSeconds());
        if (AuthTime is { } authTime)
        {
            json.WriteNumber("auth_time"u8, authTime.ToUnixTimeSeconds());
        }

        JwtJson.WriteOptional(json, "acr", Acr);
        JwtJson.WriteOptional(json, "sid", SessionId);
        JwtJson.WriteOptional(json, Names.AuthorizationId, AuthorizationId);
        JwtJson.WriteOptional(json, Names.FamilyId, FamilyId);
        JwtJson.WriteOptional(json, Names.SubjectFamilyId, SubjectFamilyId);
        if (KeyThumbprint is not null)
        {
            json.WriteStartObject("cnf"u8);
            json.WriteString("jkt"u8, KeyThumbprint);
            json.WriteEndObject();
        }

        JwtJson.WriteOptional(json, Names.OrganizationId, Agent?.OrganizationId ?? OrganizationId);
        if (KeyIds.Count > 0)
        {
            JwtJson.WriteList(json, Names.KeyIds, KeyIds);
        }

        WriteAgent(json);
        if (MayAct is not null)
        {
            json.WriteStartObject("may_act"u8);
            json.WriteString("sub"u8, MayAct);
            json.WriteEndObject();
        }

        WriteDelegation(json);
        if (UserInfoClaims.Count > 0)
        {
            JwtJson.WriteList(json, Names.UserInfoClaims, UserInfoClaims);
        }

        json.WriteEndObject();
    }

    private void WriteAgent(Utf8JsonWriter json)
    {
        if (Agent is null)
        {
            return;
        }

        json.WriteString(Names.AgentType, Agent.Type);
        json.WriteString(Names.TrustLevel, Agent.TrustLevel);
        JwtJson.WriteOptional(json, Names.ParentAgentId, Agent.ParentId);
        if (Agent.Id != Subject)
        {
            WriteActor(json, Agent.Id, 0);
        }
    }

    /// <summary>draft-mcguinness-oauth-actor-profile §3: who acts, under whose name space, and what it is; within it who acted before (RFC 8693 §4.1).</summary>
    private void WriteActor(Utf8JsonWriter json, string id, int prior)
    {
        json.WriteStartObject("act"u8);
        json.WriteString("sub"u8, id);
        json.WriteString("iss"u8, Issuer);
        json.WriteString("sub_profile"u8, "ai_agent"u8);
        if (prior < PriorActors.Count)
        {
            WriteActor(json, PriorActors[prior], prior + 1);
        }

        json.WriteEndObject();
    }

    private void WriteDelegation(Utf8JsonWriter json)
    {
        if (Delegation is null)
        {
            return;
        }

        json.WriteString(Names.DelegationId, Delegation.Leaf.Id);
        JwtJson.WriteList(json, Names.DelegationChain, [.. Delegation.Hops.Select(hop => hop.Id)]);
        if (Delegation.Leaf.Constraints != "[]")
        {
            // RFC 9396: what an API has to hold the agent to beyond the scope.
            json.WriteStartArray("authorization_details"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "agent_delegation"u8);
            JwtJson.WriteList(json, "scopes", Scopes);
            json.WritePropertyName("constraints"u8);
            json.WriteRawValue(Delegation.Leaf.Constraints);
            json.WriteEndObject();
            json.WriteEndArray();
        }
    }
}
