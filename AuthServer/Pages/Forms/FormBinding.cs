using AuthServer.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Forms;

/// <summary>Binds each form to the session and the authorization request that it was made for: a form of one cannot be sent in another.</summary>
internal sealed class FormBinding : IAntiforgeryAdditionalDataProvider
{
    public string GetAdditionalData(HttpContext context) =>
        $"{SignInSessions.PersonOf(context.User)?.SessionId}\n{context.Request.Query["request_id"]}";

    public bool ValidateAdditionalData(HttpContext context, string additionalData) =>
        string.Equals(GetAdditionalData(context), additionalData, StringComparison.Ordinal);
}
