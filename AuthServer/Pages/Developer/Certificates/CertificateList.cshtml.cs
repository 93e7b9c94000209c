using AuthServer.Certificates;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Certificates;

/// <summary>An organization's certificates: made, revoked, deleted. The private key is shown this once.</summary>
public sealed class CertificateListModel(Seats seats, OrganizationCertificates certificates, FormerThings former) : OrganizationPage(seats)
{
    private const int PerPage = 50;

    private static readonly CertificateFilter Every = new(null, new Dictionary<string, string>(), null);

    public IReadOnlyList<CertificateDetail> Certificates { get; private set; } = [];

    public long Total { get; private set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public IReadOnlyList<Question> Questions { get; private set; } = [];

    /// <summary>The one that was made just now.</summary>
    public CertificateDetail? Made { get; private set; }

    /// <summary>The one that the question is about.</summary>
    public CertificateDetail? Asked { get; private set; }

    /// <summary>What is to be done, if the person means it.</summary>
    public string? Ask => Asked is null || !HttpMethods.IsGet(Request.Method) ? null
        : Request.Query["ask"] == "revoke" && Asked.Status != CertificateStatus.Revoked ? "revoke"
        : Request.Query["ask"] == "delete" && Asked.Status == CertificateStatus.Revoked ? "delete"
        : null;

    public string At => $"/developer/certificates?{Query}";

    public string? NextAt => From + PerPage < Total ? $"{At}&from={From + PerPage}" : null;

    public ShownSecret Key => new(new CodeBlock("private-key", Texts.T("The private key"), Made!.PrivateKey!.TrimEnd()), At, ShownSecret.FileOf(Made.Name, ".pem")) { Content = Made.PrivateKey };

    public string? Done => Request.Query["done"].ToString() switch
    {
        "revoke" => Texts.T("The certificate is revoked, and nothing that it signed is taken any more"),
        "delete" => Texts.T("The certificate is deleted"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? organization, string? certificate, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        if (Seat is not { } seat || certificate is null)
        {
            return Page();
        }

        var found = (await certificates.FindAsync(seat.Member, certificate, ct)).Value;
        Asked = seat.IsAdmin ? found : null;
        return found is null ? await former.AnswerAsync(this, [seat.Organization.OrganizationId], FormerKind.Certificate, certificate, ct) : Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? certificate, string? file, string? text, CancellationToken ct)
    {
        var operation = act switch { "revoke" => "revokeCertificate", "delete" => "deleteCertificate", _ => "createCertificate" };
        if (await SitAsync(organization, operation, Role.Admin, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        if (!Seat!.IsAdmin)
        {
            return await RefusedAsync(Seat.Refusal(Role.Admin), operation, []);
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        var problem = act switch
        {
            "create" => await CreateAsync(ct),
            "revoke" => (await certificates.RevokeAsync(HttpContext, Seat.Member, certificate ?? "", ct)).Problem,

            // Sent twice, it is gone already.
            "delete" => (await certificates.DeleteAsync(HttpContext, Seat.Member, certificate ?? "", ct)).Problem is { } refused && refused != Problem.NotFound ? refused : null,
            _ => Problem.NotFound,
        };
        return act == "revoke" && problem == Problem.NotFound ? await former.AnswerAsync(this, [Seat.Organization.OrganizationId], FormerKind.Certificate, certificate, ct)
            : problem is not null ? await RefusedAsync(problem, operation, Questions)
            : act == "create" ? Page()
            : this.SeeOther($"{At}&done={act}");
    }

    private async Task<Problem?> CreateAsync(CancellationToken ct)
    {
        var said = FormAnswers.Read<NewCertificate>(Questions, Request.Form, Faults);
        Questions = FormAnswers.Keep(Questions, Request.Form);
        if (Faults.Any)
        {
            return null;
        }

        if ((await HttpContext.OnceAsync(once => certificates.CreateAsync(HttpContext, Seat!.Member, said, once))).Failed(out var problem, out var made))
        {
            return problem;
        }

        Made = made;
        return null;
    }

    private async Task ShowAsync(CancellationToken ct)
    {
        From = Math.Clamp(From, 0, 100_000);
        Questions = CertificateQuestions.All;
        if (Seat is { } seat && (await certificates.ListAsync(seat.Member, Every, new Paging(PerPage, From, null, null), ct)).Value is { } page)
        {
            (Certificates, Total) = (page.Data, page.Meta.Total ?? 0);
        }
    }
}
