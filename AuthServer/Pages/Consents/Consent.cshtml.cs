using AuthServer.Applications;
using AuthServer.Branding;
using AuthServer.Consents;
using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Consents;

[TypeFilter<LeftOutFilter>]
public sealed class ConsentModel(
    Interactions interactions, SignedInReader signedIn, AuthorizeRequests requests, ResourceCatalog resources, AgentIntroductions agents, OrganizationApplications applications, ShownBrands brands,
    AuthServerOptions options) : PageModel
{
    public Interaction Interaction { get; private set; } = null!;

    public ConsentPage Said { get; private set; } = null!;

    /// <summary>The scopes that are ticked.</summary>
    public IReadOnlyList<string> Ticked { get; private set; } = [];

    /// <summary>The organization that made the application; null: it is no organization's.</summary>
    public string? Maker { get; private set; }

    /// <summary>How the organization shows itself that asks; null: it shows nothing, or it is not sure that it is the one who asks.</summary>
    public ShownBrand? Brand { get; private set; }

    public FormFaults Faults { get; } = new();

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await interactions.FindAsync(HttpContext, this.RequestId(), ct) is not { } interaction)
        {
            return this.Expired();
        }

        return await signedIn.ReadAsync(HttpContext, ct) is { } reader && Interactions.Asks(interaction, reader.Person)
            ? await ShowAsync(interaction, reader.Claims, [.. interaction.Request.Asked.Except(interaction.Stored.LeftOut)], ct)
            : this.SeeOther(interaction.ContinueAt);
    }

    public async Task<IActionResult> OnPostAsync(string? decision, string[] scope, CancellationToken ct)
    {
        if (await interactions.FindAsync(HttpContext, this.RequestId(), ct) is not { } interaction)
        {
            return this.Expired();
        }

        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader || !Interactions.Asks(interaction, reader.Person))
        {
            return this.SeeOther(interaction.ContinueAt);
        }

        // Only what the stored request asks for can be approved, whatever the form says.
        string[] approved = [.. interaction.Request.Asked.Where(asked => ConsentPage.IsRequired(asked, interaction.Stored) || scope.Contains(asked))];

        // The page stood open too long for what it asks: the authorization endpoint says what comes next, and what was left out stays so.
        if (decision == "allow" && !await interactions.MayAllowAsync(interaction, reader.Person, ct))
        {
            await interactions.LeaveOutAsync(interaction, interaction.Request.Asked.Except(approved), ct);
            return this.SeeOther(interaction.ContinueAt);
        }

        switch (decision)
        {
            case "allow" when approved.Length > 0:
                await interactions.ApproveAsync(HttpContext, interaction, reader.Person, approved, ct);
                return this.SeeOther(interaction.ContinueAt);
            case "look":
                return await ShowAsync(interaction, reader.Claims, approved, ct);
            case "deny":
                await interactions.DenyAsync(interaction, reader.Person, ct);
                return this.SeeOther(interaction.ContinueAt);
            default:
                Faults.Add("", Texts.T("Tick at least one thing to allow, or choose “Deny”."));
                return await ShowAsync(interaction, reader.Claims, approved, ct);
        }
    }

    private async Task<IActionResult> ShowAsync(Interaction interaction, PersonClaims person, IReadOnlyList<string> ticked, CancellationToken ct)
    {
        var request = interaction.Request;
        (Interaction, Ticked) = (interaction, ticked);
        var actor = request.Actor?.Agent;
        Maker = await applications.MakerAsync(request.Client.Id, ct);
        Said = ConsentPage.Of(
            request,
            person,
            await requests.DescribeAsync(request, ct),
            await resources.AllAsync(ct),
            actor is null ? null : await agents.OfAsync(actor.Id, person.Subject, ct),
            interaction.Stored.IsFiled,
            options.Tokens.Consent);
        // Whoever only calls itself so, or answers where any program can, wears nobody's colours.
        Brand = request.Client.IntroducedItself || !Said.IsAssured ? null : await brands.OfClientAsync(request.Client.Id, ct);
        PageHeaders.AllowFormTarget(HttpContext, request.Redirect.Uri);
        return Page();
    }
}
