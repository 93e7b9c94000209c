using AuthServer.Http;

namespace AuthServer.Configuration;

/// <summary>What a person reads who has just started the server: where it is, and commands that work when pasted.</summary>
public sealed class Welcome(AuthServerSettings settings, Demo demo, FirstStart firstStart)
{
    public void Print(TextWriter output)
    {
        var issuer = settings.Issuer;
        if (firstStart.SetUpLink is { } link)
        {
            output.WriteLine($"  Nobody administers it yet. Set this server up at {link}");
        }

        if (settings.Demo)
        {
            PrintDemo(output, issuer);
        }

        // Last, so that whoever waits for this line has all the others.
        output.WriteLine($"AuthServer is ready at {issuer}");
        output.Flush();
    }

    private void PrintDemo(TextWriter output, IssuerUri issuer)
    {
        var client = $"{Demo.ClientId}:{demo.ClientSecret}";
        output.WriteLine($"""

              Demo person   {demo.Person.Email}  password {demo.Person.Password}   ({issuer.At("/sign-in")})
              Demo client   {Demo.ClientId}

              A token, for the demo client itself:
            curl -s {issuer.At("/connect/token")} -u {client} -d grant_type=client_credentials -d scope={Demo.Scope}

              Ask whether it is alive:
            TOKEN=$(curl -s {issuer.At("/connect/token")} -u {client} -d grant_type=client_credentials | sed 's/.*"access_token":"\([^"]*\)".*/\1/'); curl -s {issuer.At("/connect/introspect")} -u {client} -d token=$TOKEN

              What this server can do:
            curl -s {issuer.At("/.well-known/openid-configuration")}

            """);
    }
}
