using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AuthServer.Keys;

public static class DataProtectionRegistration
{
    /// <summary>ASP.NET's data protection (cookies, anti-forgery), its keys sealed by the master key. After <see cref="KeyRegistration.AddKeys"/>.</summary>
    public static IDataProtectionBuilder AddSealedDataProtection(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new RingRepository(provider.GetRequiredService<KeyDirectory>());
            options.XmlEncryptor = new SealedXmlEncryptor(provider.GetRequiredService<MasterKey>());
        }));
        // The name separates what is protected for us from what is protected elsewhere; by default it would be the folder's path.
        return services.AddDataProtection().SetApplicationName("AuthServer");
    }
}
