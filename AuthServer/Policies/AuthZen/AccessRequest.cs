using System.Text.Json.Nodes;

namespace AuthServer.Policies.AuthZen;

/// <summary>A question, several of them, or a search (AuthZEN §6 to §8). It is how the OpenAPI document shows <see cref="AccessBody"/>.</summary>
public sealed class AccessRequest
{
    public AccessEntity? Subject { get; set; }

    public AccessAction? Action { get; set; }

    public AccessEntity? Resource { get; set; }

    /// <summary>What is known of the circumstances.</summary>
    public JsonObject? Context { get; set; }

    /// <summary>Questions of which the members above are the defaults; for <c>evaluations</c> only.</summary>
    public IReadOnlyList<AccessRequest>? Evaluations { get; set; }

    /// <summary><c>evaluations_semantic</c>, for <c>evaluations</c> only.</summary>
    public JsonObject? Options { get; set; }

    /// <summary><c>token</c> and <c>limit</c>, for searches only.</summary>
    public JsonObject? Page { get; set; }
}

/// <summary>A subject (<c>agent</c> or <c>user</c>) or a resource; the one that is searched for has no id.</summary>
public sealed class AccessEntity
{
    public string? Type { get; set; }

    public string? Id { get; set; }

    public JsonObject? Properties { get; set; }
}

/// <summary>A scope.</summary>
public sealed class AccessAction
{
    public string? Name { get; set; }

    public JsonObject? Properties { get; set; }
}
