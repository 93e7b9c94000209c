using AuthServer.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Notices;

public static class NoticesRegistration
{
    /// <summary>Notices before something expires. Needs the data and mail.</summary>
    public static IServiceCollection AddNotices(this IServiceCollection services) => services
        .AddSingleton<ExpiringCredentials>()
        .AddSingleton<ExpiryMails>()
        .AddSingleton<ExpiryNoticeChanges>()
        .AddSingleton<ExpiryNotices>()
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<ExpiryNotices>());
}
