using AuthServer.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Webhooks;

public static class WebhooksRegistration
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, WebhookSettings settings)
    {
        services.AddSingleton(settings).AddSingleton<OutboundPosts>().AddSingleton<WebhookRules>().AddSingleton<OrganizationWebhooks>().AddSingleton<WebhookLogs>()
            .AddSingleton<WebhookFollower>().AddSingleton<WebhookSender>().AddSingleton<WebhookWork>();
        return settings.Enabled ? services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<WebhookWork>()) : services;
    }
}
