using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Certificates;

internal static class CertificatesRegistration
{
    public static IServiceCollection AddCertificates(this IServiceCollection services) => services
        .AddSingleton<LiveCertificates>()
        .AddSingleton<CertificateTokens>()
        .AddSingleton<OrganizationCertificates>();
}
