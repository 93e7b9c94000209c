using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Mail;

public static class MailRegistration
{
    /// <summary>Mails and their way. Needs the data, the issuer and the master key.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services, MailSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton<Mails>()
        .AddSingleton<MailBody>()
        .AddSingleton<MailSender>()
        .AddSingleton<MailWork>()
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<MailWork>())
        .AddSingleton<WaitingMails>();
}
