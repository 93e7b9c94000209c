using AuthServer.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AuthServer.Accounts.Strong;

/// <summary>What this server asks of passkeys: they are found without a name, make sure of their person, and answer to the issuer's own origin only.</summary>
internal sealed class PasskeyRules(IssuerUri issuer) : IConfigureOptions<IdentityPasskeyOptions>
{
    public void Configure(IdentityPasskeyOptions options)
    {
        var uri = new Uri(issuer.Value);
        var origin = uri.GetLeftPart(UriPartial.Authority);
        options.ServerDomain = uri.IdnHost;
        options.ResidentKeyRequirement = "required";
        options.UserVerificationRequirement = "required";
        options.AttestationConveyancePreference = "none";
        options.ChallengeSize = 32;
        options.AuthenticatorTimeout = TimeSpan.FromMinutes(5);

        // Exact, port included; and never from a frame of somebody else's.
        options.ValidateOrigin = context => ValueTask.FromResult(context.Origin == origin && !context.CrossOrigin);
    }
}
