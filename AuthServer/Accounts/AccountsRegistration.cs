using AuthServer.Accounts.Strong;
using AuthServer.Audit;
using AuthServer.Data;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace AuthServer.Accounts;

public static class AccountsRegistration
{
    /// <summary>People, their passwords and sessions. Needs a <see cref="SignUpPolicy"/>, the issuer, the options, mail, the data and its ports.</summary>
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.TryAddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.Configure<PasswordHasherOptions>(hasher => hasher.IterationCount = PasswordHashes.Rounds);
        services.AddIdentityCore<User>(Configure)
            .AddEntityFrameworkStores<AuthDbContext>()
            .AddPasswordValidator<PasswordRules>();
        services.AddAuthentication(SessionCookie.Scheme).AddCookie(SessionCookie.Scheme);
        services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, SessionCookie>();

        services.AddSingleton<Refusals>();
        services.AddHostedService(provider => provider.GetRequiredService<Refusals>());
        services.AddSingleton<People>();
        services.AddSingleton<PasswordHashes>();
        services.AddSingleton<KnownDevices>();
        services.AddSingleton<ApiDevices>();
        services.AddSingleton<SignInPace>();
        services.AddSingleton<SignInSessions>();
        services.AddSingleton<RefusedSignIns>();
        services.AddSingleton<Invitations>();
        services.AddSingleton<SignUp>();
        services.AddSingleton<RegistrationPace>();
        services.AddSingleton<LoginTokens>();
        services.AddScoped<PasswordCheck>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<ApiSignIn>();
        services.AddScoped<Users>();
        services.AddScoped<OwnAccount>();
        services.AddSingleton<AccountDownload>();
        services.AddScoped<Registration>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<Presence>();
        services.AddScoped<AddressConfirmation>();
        services.AddScoped<OwnName>();
        services.AddSingleton<PersonLanguages>();
        services.AddSingleton<AccountMails>();
        services.AddSingleton<AccountNotices>();
        services.AddSingleton<PasswordReset>();
        services.AddSingleton<ForgottenPasswords>();
        services.AddHostedService(provider => provider.GetRequiredService<ForgottenPasswords>());
        services.AddSingleton<OwnSessions>();
        services.AddSingleton<SessionUse>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionUse>());
        services.AddSingleton<Administrators>();
        return services.AddStrongSignIn();
    }

    /// <summary>Second factors and passkeys.</summary>
    private static IServiceCollection AddStrongSignIn(this IServiceCollection services)
    {
        services.AddSingleton<Strength>();
        services.AddSingleton<Enrolment>();
        services.AddSingleton<FactorReset>();
        services.AddScoped<SecondFactors>();
        services.AddScoped<SecondStep>();
        services.AddScoped<OwnAuthenticator>();
        services.AddSingleton<IConfigureOptions<IdentityPasskeyOptions>, PasskeyRules>();
        services.AddScoped<IPasskeyHandler<User>, PasskeyHandler<User>>();
        services.AddSingleton<PasskeyChallenges>();
        services.AddScoped<PasskeySignIn>();
        services.AddScoped<OwnPasskeys>();
        return services;
    }

    private static void Configure(IdentityOptions identity)
    {
        identity.User.RequireUniqueEmail = true;
        identity.User.AllowedUserNameCharacters = "";

        // The framework's own rule asks for length alone; PasswordRules does the rest.
        identity.Password.RequiredLength = PasswordRules.Shortest;
        identity.Password.RequiredUniqueChars = 1;
        identity.Password.RequireDigit = false;
        identity.Password.RequireLowercase = false;
        identity.Password.RequireUppercase = false;
        identity.Password.RequireNonAlphanumeric = false;

        // Locking an account is what an attacker wants: SignInPace slows strangers down instead.
        identity.Lockout.AllowedForNewUsers = false;
    }
}
