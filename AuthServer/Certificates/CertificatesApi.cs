using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Certificates;

internal static class CertificatesApi
{
    public static void MapCertificates(this IEndpointRouteBuilder routes)
    {
        var all = routes.MapApi("/certificates").WithTags("Certificates");
        all.MapGet("", (Developer developer, CertificateFilter filter, Paging paging, OrganizationCertificates certificates, CancellationToken ct) =>
                certificates.ListAsync(developer, filter, paging, ct))
            .WithName("listCertificates").WithSummary("The organization's certificates, newest first.");
        all.MapPost("", (Body<NewCertificate> body, Developer developer, OrganizationCertificates certificates, HttpContext http, CancellationToken ct) =>
                certificates.CreateAsync(http, developer, body.Value, ct))
            .Requires(Role.Admin).Creates().WithName("createCertificate").WithSummary("Make a certificate; its private key is shown once.");
        all.MapGet("/active", (Developer developer, OrganizationCertificates certificates, CancellationToken ct) => certificates.ActiveAsync(developer, ct))
            .WithName("getActiveCertificate").WithSummary("The newest certificate that is neither revoked nor expired.");
        all.MapGet("/public/{kid}", (string kid, OrganizationCertificates certificates, HttpContext http, CancellationToken ct) => certificates.PublicAsync(http, kid, ct))
            .WithName("getCertificateKey").WithSummary("The public key of a certificate that lives, for everybody.");
        all.MapGet("/jwks/{accountId}", (string accountId, OrganizationCertificates certificates, HttpContext http, CancellationToken ct) =>
                certificates.KeySetAsync(http, accountId, ct))
            .WithName("listCertificateKeys").WithSummary("The public keys of all of an organization's certificates that live, as a JWKS, for everybody.");
        all.MapGet("/{certificateId}", (string certificateId, Developer developer, OrganizationCertificates certificates, CancellationToken ct) =>
                certificates.FindAsync(developer, certificateId, ct))
            .WithName("getCertificate").WithSummary("A certificate, without its private key.");
        all.MapPost("/{certificateId}/revoke", (string certificateId, Developer developer, OrganizationCertificates certificates, HttpContext http, CancellationToken ct) =>
                certificates.RevokeAsync(http, developer, certificateId, ct))
            .Requires(Role.Admin).WithName("revokeCertificate").WithSummary("End a certificate and all that it signed, everywhere and at once.");
        all.MapDelete("/{certificateId}", (string certificateId, Developer developer, OrganizationCertificates certificates, HttpContext http, CancellationToken ct) =>
                certificates.DeleteAsync(http, developer, certificateId, ct))
            .Requires(Role.Admin).WithName("deleteCertificate").WithSummary("Delete a revoked certificate.");
    }
}
