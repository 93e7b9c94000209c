using System.Text;

namespace AuthServer.Docs.Errors;

/// <summary>The list as a document.</summary>
internal static class ErrorPage
{
    private const string Start = """
        # Errors: cause and cure

        Errors of the protocol endpoints are JSON with `error`, `error_description` and `error_uri` (RFC 6749 §5.2), or the same as parameters of the redirect address
        (§4.1.2.1). Errors of the REST API are problem details (RFC 9457) with `type`, `title`, `status`, `detail`, `code` and `traceId`, and `errors` where single
        fields are at fault. `error_uri` and `type` lead to the entry of the code on this page. Program against the code, never against the sentence: sentences may change.

        Some answers say less than the server knows, so that nobody learns from a refusal. The whole reason is in [the trail](audit.md), where the organization's
        members read it; `traceId` leads an operator to the log.

        """;

    public static string Write()
    {
        var page = new StringBuilder(Start);
        foreach (var section in ErrorList.Sections)
        {
            page.Append("\n## ").Append(section.Title).Append("\n\n").Append(section.Words).Append('\n');
            foreach (var entry in section.Entries.OrderBy(entry => entry.Code, StringComparer.Ordinal))
            {
                page.Append("\n### ").Append(entry.Code).Append("\n\n*").Append(entry.Where).Append(".* ").Append(entry.Cause).Append("\\\n**What to do:** ").Append(entry.Cure).Append('\n');
            }
        }

        return page.ToString();
    }
}
