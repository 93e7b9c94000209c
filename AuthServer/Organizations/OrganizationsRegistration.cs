using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Organizations;

public static class OrganizationsRegistration
{
    /// <summary>Organizations, their people and keys. Needs the accounts and the data.</summary>
    public static IServiceCollection AddOrganizations(this IServiceCollection services) => services
        .AddScoped<Developers>()
        .AddScoped<Joining>()
        .AddSingleton<OrganizationKeys>()
        .AddSingleton<OrganizationFigures>()
        .AddSingleton<OrganizationOverview>()
        .AddSingleton<FirstSteps>()
        .AddSingleton<OrganizationMembers>()
        .AddSingleton<OrganizationInvitations>()
        .AddSingleton<InvitationMails>()
        .AddSingleton<SuspendedOrganizations>()
        .AddSingleton<Organizations>();
}
