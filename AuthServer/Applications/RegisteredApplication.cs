using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.Clients;

namespace AuthServer.Applications;

/// <summary>The row of a client that introduced itself.</summary>
public static class RegisteredApplication
{
    /// <param name="row">Whose id and secret stay as they are.</param>
    /// <param name="introduction">One of <see cref="ApplicationMapping"/>'s words.</param>
    public static OpenIddictApplication Describe(ClientMetadata said, OpenIddictApplication row, string introduction)
    {
        var methods = said.AuthenticationMethods;
        row.ApplicationType = said.IsNative ? "native" : "web";
        row.ClientType = methods.Contains(ClientAuthenticationMethods.None) ? "public" : "confidential";
        row.ConsentType = "explicit";
        row.DisplayName = said.Name;
        row.JsonWebKeySet = said.JsonWebKeySet;
        row.RedirectUris = ApplicationMapping.Json(said.RedirectUris);
        row.Requirements = ApplicationMapping.Json([ApplicationMapping.RequiresPkce]);
        row.Permissions = ApplicationMapping.Json(ApplicationMapping.Permissions(new ApplicationSettings { GrantTypes = [.. said.GrantTypes] }));
        row.Properties = (ApplicationExtras.Read(row.Properties) with
        {
            Introduction = introduction,
            JsonWebKeySetUri = said.JsonWebKeySetUri,
            RequiresDPoP = said.RequiresDPoP,
            AuthenticationMethod = methods.Count == 1 ? methods[0] : null,
        }).WriteTo(row.Properties);
        return row;
    }
}
