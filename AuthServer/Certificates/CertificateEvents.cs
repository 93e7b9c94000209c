namespace AuthServer.Certificates;

/// <summary>What certificates leave in the trail.</summary>
public static class CertificateEvents
{
    public const string Created = "certificate.created";
    public const string Revoked = "certificate.revoked";
    public const string Deleted = "certificate.deleted";
}
