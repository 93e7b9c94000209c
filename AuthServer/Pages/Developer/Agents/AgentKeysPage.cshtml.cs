using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>By what an agent proves itself: its secret, its API keys, its public keys. New ones are shown this once.</summary>
public sealed class AgentKeysPageModel(AgentDesk desk, AgentSecrets secrets, ManagedKeys keys) : AgentPage(desk)
{
    private const int PerPage = 50;

    public IReadOnlyList<SecretAnswer> Secrets { get; private set; } = [];

    public IReadOnlyList<CredentialItem> Keys { get; private set; } = [];

    public long Total { get; private set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public IReadOnlyList<Question> Questions { get; private set; } = [];

    /// <summary>What was made just now.</summary>
    public ShownSecret? Shown { get; private set; }

    /// <summary>What it is called, and what was there before.</summary>
    public string ShownTitle { get; private set; } = "";

    public string? ShownWords { get; private set; }

    /// <summary>The command that uses it.</summary>
    public string Command { get; private set; } = "";

    public string At => $"{Address}/keys";

    /// <summary>The part of the list that the reader came from.</summary>
    public string ListAt => From > 0 ? $"{At}?from={From}" : At;

    public string? NextAt => From + PerPage < Total ? $"{At}?from={From + PerPage}" : null;

    /// <summary>Whether it proves itself by its own keys.</summary>
    public bool UsesKeys => Secrets.Count == 0 && Agent.KeyThumbprints is { Count: > 0 };

    /// <summary>What is to be done, if the person means it.</summary>
    public string? Ask => MayChange && HttpMethods.IsGet(Request.Method) && Request.Query["ask"].ToString() is var asked and ("secret" or "rotate" or "revoke") && (asked == "secret" || Asked is { IsValid: true }) ? asked : null;

    /// <summary>The key that the question is about.</summary>
    public CredentialItem? Asked { get; private set; }

    public string? Done => Request.Query["done"] == "revoke" ? Texts.T("The key is revoked, with every token that it gave") : null;

    public async Task<IActionResult> OnGetAsync(string? id, string? key, CancellationToken ct) => await LoadAsync(id, ct) ?? await ShowAsync(key, ct);

    public async Task<IActionResult> OnPostAsync(string? id, string? act, string? key, string? overlap, string? replaces, string? file, string? text, CancellationToken ct)
    {
        var operation = act switch { "secret" => "rotateAgentSecret", "rotate" => "rotateCredential", "revoke" => "revokeCredential", _ => "createCredential" };
        if (await LoadAsync(id, operation, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        await ShowAsync(key, ct);
        var problem = act switch
        {
            "secret" => await RotateSecretAsync(overlap, replaces, ct),
            "create" => await CreateAsync(ct),
            "rotate" when Asked is not null => await RotateAsync(key!, ct),
            "revoke" when Asked is not null => (await keys.RevokeAsync(HttpContext, new ActingParty(Seat.Member), key!, ct)).Problem,
            _ => Problem.NotFound,
        };
        if (problem is not null)
        {
            return await RefusedAsync(problem, operation, Questions);
        }

        if (Faults.Any || act != "revoke")
        {
            return Page();
        }

        return this.SeeOther($"{At}?done=revoke{(From > 0 ? $"&from={From}" : "")}");
    }

    private async Task<Problem?> RotateSecretAsync(string? overlap, string? replaces, CancellationToken ct)
    {
        var said = SecretQuestion.Read(overlap, replaces);
        if ((await HttpContext.OnceAsync(once => secrets.RotateAsync(HttpContext, Seat.Member, Agent.Id, said, once))).Failed(out var problem, out var rotated))
        {
            return problem;
        }

        ShownTitle = Texts.T("The new secret");
        ShownWords = rotated.PreviousSecretExpiresAt is { } until ? Texts.T("The one before works until {0}.", Durations.Moment(until)) : Texts.T("The one before is dead.");
        Command = Desk.TokenBySecret(Agent.ClientId, rotated.ClientSecret);
        Shown = new ShownSecret(new CodeBlock("secret", ShownTitle, rotated.ClientSecret), At, ShownSecret.FileOf(Agent.Name, ".env")) { Content = Desk.Environment(Agent.ClientId, rotated.ClientSecret) };
        return null;
    }

    private async Task<Problem?> CreateAsync(CancellationToken ct)
    {
        var said = FormAnswers.Read<NewCredential>(Questions, Request.Form, Faults);
        Questions = FormAnswers.Keep(Questions, Request.Form);
        if (Faults.Any)
        {
            return null;
        }

        said.AgentId = Agent.Id;
        if ((await HttpContext.OnceAsync(once => keys.CreateAsync(HttpContext, new ActingParty(Seat.Member), said, once))).Failed(out var problem, out var made))
        {
            return problem;
        }

        Show(Texts.T("The new key"), null, made.RawKey);
        return null;
    }

    private async Task<Problem?> RotateAsync(string key, CancellationToken ct)
    {
        if ((await HttpContext.OnceAsync(once => keys.RotateAsync(HttpContext, new ActingParty(Seat.Member), key, once))).Failed(out var problem, out var rotated))
        {
            return problem;
        }

        Show(Texts.T("The new key"), Texts.T("The one before is dead."), rotated.RawKey);
        return null;
    }

    private void Show(string title, string? words, string key)
    {
        (ShownTitle, ShownWords) = (title, words);
        Command = $"curl -s {Desk.Issuer}/api/v1/agents/{Agent.Id} -H \"Authorization: Bearer {key}\"";
        Shown = new ShownSecret(new CodeBlock("secret", title, key), At, ShownSecret.FileOf(Agent.Name, ".env"))
        {
            Content = $"AUTHSERVER_ISSUER={Desk.Issuer}\nAUTHSERVER_API_KEY={key}\n",
        };
    }

    private async Task<IActionResult> ShowAsync(string? key, CancellationToken ct)
    {
        From = Math.Clamp(From, 0, 100_000);
        Secrets = (await secrets.ListAsync(Seat.Member, Agent.Id, ct)).Value?.Data ?? [];
        if ((await keys.ListAsync(new ActingParty(Seat.Member), Agent.Id, new Paging(PerPage, From, null, null), ct)).Value is { } page)
        {
            (Keys, Total) = (page.Data, page.Meta.Total ?? 0);
        }

        // The address says which agent it is about: a key of another one is not meant, although the caller may run that too. On which part of the list it stands does not matter.
        Asked = key is not null && (await keys.FindAsync(new ActingParty(Seat.Member), key, ct)).Value is { } found && found.AgentId == Agent.Id ? found : null;
        Questions = AgentKeyQuestions.All(Agent.AllowedScopes ?? []);
        return Page();
    }
}
