namespace AuthServer.Scopes;

/// <summary>What this room leaves in the trail.</summary>
public static class ScopeEvents
{
    public const string Created = "scope.created";
    public const string Changed = "scope.changed";
    public const string Deleted = "scope.deleted";
    public const string ResourceRegistered = "resource.registered";
    public const string ResourceChanged = "resource.changed";
    public const string ResourceSecretRotated = "resource.secret_rotated";
    public const string ResourceDeleted = "resource.deleted";
}
