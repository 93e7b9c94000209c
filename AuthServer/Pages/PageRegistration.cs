using AuthServer.Accounts;
using AuthServer.Consents;
using AuthServer.Http;
using AuthServer.Pages.Admin;
using AuthServer.Pages.Approvals;
using AuthServer.Pages.Connections;
using AuthServer.Pages.Dashboard;
using AuthServer.Pages.Developer;
using AuthServer.Pages.Developer.Agents;
using AuthServer.Pages.Developer.Connections;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Developer.TryIt;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Pages.Reading;
using AuthServer.Pages.SettingUp;
using AuthServer.Pages.SigningIn;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Pages;

public static class PageRegistration
{
    /// <summary>The pages for people: sign-in, registration, consent, account.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services, AuthServerSettings settings)
    {
        services.AddRazorPages(pages => pages.Conventions.ConfigureFilter(new CrossSiteFilter()).ConfigureFilter(new FormKindFilter()).ConfigureFilter(new MethodFilter())
            .ConfigureFilter(new NoStoreFilter()).ConfigureFilter(new StaleFormFilter()).ConfigureFilter(new ServiceFilterAttribute<KeptFormFilter>()).ConfigureFilter(new LanguageFilter()));
        services.AddSingleton<IAntiforgeryAdditionalDataProvider, FormBinding>();
        services.AddAntiforgery(forms =>
        {
            forms.Cookie = CookieRules.For(settings.Issuer, "antiforgery");
            forms.FormFieldName = FormBinding.Field;

            // A form is sent as a form; nothing here reads tokens from headers. PageHeaders says who may frame a page.
            forms.HeaderName = null;
            forms.SuppressXFrameOptionsHeader = true;
        });
        services.Configure<FormOptions>(forms =>
        {
            forms.BufferBodyLengthLimit = RequestForm.LargestBody;
            forms.MultipartBodyLengthLimit = RequestForm.LargestBody;
            forms.ValueLengthLimit = RequestForm.LargestBody;
            forms.ValueCountLimit = 500;
        });

        // Only what is the same for everybody is packed: the length of a packed page would tell of the secrets in it.
        services.AddResponseCompression(packed => (packed.EnableForHttps, packed.MimeTypes) = (true, ["text/css", "text/javascript"]));
        services.AddSingleton<SentForms>();
        services.AddSingleton<KeptForms>();
        services.AddSingleton<KeptFormFilter>();
        services.AddSingleton<SignedInReader>();
        services.AddSingleton<ReaderLanguage>();
        services.AddSingleton<AgentIntroductions>();
        services.AddSingleton<ActivityNames>();
        services.AddSingleton<ApprovalFront>();
        services.AddSingleton<LiveStreams>();
        services.AddSingleton<CodeWalk>();
        services.AddSingleton<PasswordErrand>();
        services.AddSingleton<ConnectTicks>();
        services.AddSingleton<Seats>();
        services.AddSingleton<NamesInOrganization>();
        services.AddSingleton<FormerMemberships>();
        services.AddSingleton<FormerThings>();
        services.AddSingleton<Frames>();
        services.AddSingleton<ConnectionDesk>();
        services.AddScoped<AdminDesk>();
        services.AddSingleton<AgentDesk>();
        services.AddSingleton<SetUpAgents>();
        return services;
    }
}
