using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>Connections as files: what they would do is shown before it is done.</summary>
[TakesFile]
public sealed class ImportConnectionsModel(Seats seats, ConnectionFiles files) : OrganizationPage(seats)
{
    public const int LargestFile = 256 * 1024;

    private const string Import = "importConnections";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

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
        : Seat is { IsDeveloper: false } seat ? await PageAnswers.RefuseAsync(HttpContext, seat, Import)
        : Page();

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, CancellationToken ct)
    {
        if (await SitAsync(organization, Import, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Question = FormAnswers.Keep([Asked], Request.Form)[0];
        await TakeFileAsync(ct);
        if (Faults.Any || Read(Question.Value, Faults) is not { } said)
        {
            return Page();
        }

        if ((await files.ImportAsync(HttpContext, Seat!.Member, said, dryRun: true, ct)).Failed(out var problem, out var answer))
        {
            return await RefusedAsync(AtLines(problem), Import, [Asked with { Target = "connections" }]);
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

        return (await files.ImportAsync(HttpContext, Seat.Member, Read(Question.Value, Faults)!, dryRun: false, ct)).Problem is { } refused
            ? await RefusedAsync(AtLines(refused), Import, [Asked with { Target = "connections" }])
            : this.SeeOther(Done);
    }

    private string Done => $"/developer/connections?{Query}&done=import";

    /// <summary>What was shown, as a fingerprint: of the files, and of what they would do.</summary>
    public string? Reviewed => Review is null ? null
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Question.Value}\n{JsonSerializer.Serialize(Review, ApiJson.Options)}")));

    /// <summary>The file's text, as if it were typed: what is done is what the page shows.</summary>
    private async Task TakeFileAsync(CancellationToken ct)
    {
        if (Request.Form.Files["file"] is not { Length: > 0 } file)
        {
            return;
        }

        if (file.Length > LargestFile)
        {
            Faults.Add("file", Sentence.Of("The file is larger than {0} KiB.", LargestFile / 1024));
            return;
        }

        using var octets = new MemoryStream();
        await file.CopyToAsync(octets, ct);
        try
        {
            Question = Question with { Value = Strict.GetString(octets.ToArray()).TrimStart('\uFEFF').ReplaceLineEndings("\n").Trim() };
        }
        catch (DecoderFallbackException)
        {
            Faults.Add("file", "This file is no text.");
        }
    }

    /// <summary>Null: it is not what the API takes, and the faults say why.</summary>
    private static ConnectionImport? Read(string text, FormFaults faults)
    {
        try
        {
            using var json = JsonDocument.Parse(text, ApiJson.Document);
            var root = json.RootElement;
            if (root.ValueKind is not (JsonValueKind.Array or JsonValueKind.Object))
            {
                faults.Add(Asked.Path, T("This is not the JSON of connections: export one to see how it looks."));
                return null;
            }

            if (!ApiJson.IsText(root))
            {
                faults.Add(Asked.Path, "It holds a string that is not valid text.");
                return null;
            }

            var shape = ShapeOf(root);
            foreach (var (path, said) in JsonFaults.Find(root, shape))
            {
                faults.Add(Asked.Path, JsonLines.At(text, path, said));
            }

            return faults.Any ? null : root.Deserialize(shape, ApiJson.Requests) switch
            {
                ConnectionFile one => new ConnectionImport { Connections = [one] },
                ConnectionFile[] list => new ConnectionImport { Connections = list },
                var all => all as ConnectionImport,
            };
        }
        catch (JsonException e)
        {
            // The reader's way to say so.
            faults.Add(Asked.Path, text.Length == 0 ? T("This is not the JSON of connections: export one to see how it looks.") : JsonLines.NoJson(text, e));
            return null;
        }
    }

    private static Type ShapeOf(JsonElement root) => root.ValueKind == JsonValueKind.Array ? typeof(ConnectionFile[])
        : root.TryGetProperty("connections", out _) ? typeof(ConnectionImport) : typeof(ConnectionFile);

    /// <summary>What the API says of a list of connections, said of what was written.</summary>
    private Problem AtLines(Problem problem)
    {
        const string All = "connections", First = All + "[0]";
        using var json = JsonDocument.Parse(Question.Value, ApiJson.Document);
        var shape = ShapeOf(json.RootElement);
        string Written(string path) =>
            shape == typeof(ConnectionFile[]) && path.StartsWith(All, StringComparison.Ordinal) ? path[All.Length..]
            : shape == typeof(ConnectionFile) && path.StartsWith(First, StringComparison.Ordinal) ? path[First.Length..].TrimStart('.')
            : path;
        return problem with
        {
            Faults = problem.Faults?.ToDictionary(fault => fault.Key, fault => fault.Value.Select(said => JsonLines.At(Question.Value, Written(fault.Key), said)).ToArray()),
        };
    }
}
