using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>Connections as files: what they would do is shown before it is done.</summary>
public sealed class ImportConnectionsModel(Seats seats, ConnectionFiles files) : OrganizationPage(seats)
{
    private const string Import = "importConnections";

    private static Question Asked => new("files", T("Files"), QuestionKind.Text)
    {
        Optional = false,
        Hint = T("The JSON of one exported connection, or a list of them."),
    };

    public Question Question { get; private set; } = Asked;

    /// <summary>What would be done; null: nothing was looked at yet.</summary>
    public ImportAnswer? Review { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct) =>
        await SitAsync(organization, ct) is { } elsewhere ? elsewhere
        : Seat is { IsDeveloper: false } seat ? await PageAnswers.RefuseAsync(HttpContext, seat.Member, Import)
        : Page();

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, CancellationToken ct)
    {
        if (await SitAsync(organization, Import, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Question = FormAnswers.Keep([Asked], Request.Form)[0];
        if (Read(Question.Value) is not { } said)
        {
            Faults.Add(Asked.Path, T("This is not the JSON of connections: export one to see how it looks."));
            return Page();
        }

        if ((await files.ImportAsync(HttpContext, Seat!.Member, said, dryRun: true, ct)).Failed(out var problem, out var answer))
        {
            return await RefusedAsync(problem, Import, [Asked with { Target = "connections" }]);
        }

        Review = answer;
        if (act != "apply")
        {
            return Page();
        }

        if (Request.Form["reviewed"] != Reviewed)
        {
            // The same form, sent twice, finds everything done.
            if (answer.Data.All(item => item.Action == ImportAction.None))
            {
                return this.SeeOther(Done);
            }

            Faults.Add("", T("This is not what was shown before: look at it once more."));
            return Page();
        }

        return (await files.ImportAsync(HttpContext, Seat.Member, Read(Question.Value)!, dryRun: false, ct)).Problem is { } refused
            ? await RefusedAsync(refused, Import, [Asked with { Target = "connections" }])
            : this.SeeOther(Done);
    }

    private string Done => $"/developer/connections?{Query}&done=import";

    /// <summary>What was shown, as a fingerprint: of the files, and of what they would do.</summary>
    public string? Reviewed => Review is null ? null
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Question.Value}\n{JsonSerializer.Serialize(Review, ApiJson.Options)}")));

    /// <summary>Null: it is not what the API takes.</summary>
    private static ConnectionImport? Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, ApiJson.Document);
            return !ApiJson.IsText(json.RootElement) ? null : json.RootElement switch
            {
                { ValueKind: JsonValueKind.Array } list => new ConnectionImport { Connections = list.Deserialize<ConnectionFile[]>(ApiJson.Requests) },
                { ValueKind: JsonValueKind.Object } one when one.TryGetProperty("connections", out _) => one.Deserialize<ConnectionImport>(ApiJson.Requests),
                { ValueKind: JsonValueKind.Object } one => new ConnectionImport { Connections = [one.Deserialize<ConnectionFile>(ApiJson.Requests)] },
                _ => null,
            };
        }
        catch (JsonException)
        {
            // The reader's way to say so.
            return null;
        }
    }
}
