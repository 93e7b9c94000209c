using System.Text.Json;

namespace AuthServer.Http.Api;

/// <summary>A handler's argument that may turn out to be unusable: then the handler does not run, and this is the answer.</summary>
public interface IRefusable
{
    Problem? Refusal { get; }
}

/// <summary>The argument that says who calls: refused before any other, so that a stranger does not learn what is wrong with a request.</summary>
public interface ICaller : IRefusable
{
    /// <summary>Who it is, even where refused; null: nobody whose refusals the trail tells of.</summary>
    KnownCaller? Known => null;
}

/// <summary>Who called, in the words of the trail.</summary>
/// <param name="KeyId">The developer key.</param>
public sealed record KnownCaller(string? UserId, string? OrganizationId = null, string? KeyId = null, string? ClientId = null)
{
    /// <summary>The key as an event's detail; null where it was none.</summary>
    public string? Detail => KeyId is null ? null : JsonSerializer.Serialize(new { Key = KeyId }, ApiJson.Options);

    /// <summary>The same with the name of what it was done to: when that is gone, the trail alone knows how it was called.</summary>
    public string DetailOf(string name) => JsonSerializer.Serialize(new { Key = KeyId, Name = name }, ApiJson.Options);
}
