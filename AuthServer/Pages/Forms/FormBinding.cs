using AuthServer.Accounts;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.Forms;

/// <summary>Binds each form to the session and the authorization request that it was made for: a form of one cannot be sent in another.</summary>
internal sealed class FormBinding : IAntiforgeryAdditionalDataProvider
{
    /// <summary>The anti-forgery token, in forms.</summary>
    public const string Field = "csrf";

    /// <summary>Whether a form that was refused lacked nothing but its session: it was made for this browser, this person and this authorization request.</summary>
    public static bool IsOfOtherSession(HttpContext context) => context.Items.ContainsKey(typeof(FormBinding));

    public string GetAdditionalData(HttpContext context) =>
        $"{SignInSessions.PersonOf(context.User)?.SessionId}\n{context.Request.Query["request_id"]}";

    /// <summary>Asked last, when browser and person are the right ones.</summary>
    public bool ValidateAdditionalData(HttpContext context, string additionalData)
    {
        var wanted = GetAdditionalData(context);
        if (string.Equals(wanted, additionalData, StringComparison.Ordinal))
        {
            return true;
        }

        if (RequestOf(additionalData).SequenceEqual(RequestOf(wanted)))
        {
            context.Items[typeof(FormBinding)] = true;
        }

        return false;
    }

    private static ReadOnlySpan<char> RequestOf(string data) => data.AsSpan(data.IndexOf('\n', StringComparison.Ordinal) + 1);
}
