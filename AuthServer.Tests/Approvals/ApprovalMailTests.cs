using System.Net;
using System.Text.Json;
using AuthServer.Approvals;
using AuthServer.Mail;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace AuthServer.Tests.Approvals;

/// <summary>Whoever has to answer is told by mail that an agent waits for them: once, in their language, and without what it is about to send.</summary>
public sealed class ApprovalMailTests : IAsyncLifetime
{
    private readonly SmtpHost _smtp = SmtpHost.Start();
    private PersonSide _side = null!;

    public Task InitializeAsync()
    {
        _side = new PersonSide { More = [.. _smtp.Settings] };
        return _side.InitializeAsync();
    }

    public async Task DisposeAsync()
    {
        await _side.DisposeAsync();
        await _smtp.DisposeAsync();
    }

    [Fact]
    public async Task A_person_gets_one_mail_in_their_language_however_much_the_agent_asks()
    {
        var (agent, person) = (await _side.AgentAsync(), await _side.PersonAsync());
        await person.ConsentAsync(agent, "email:send");
        await PolicyAsync(agent);
        var token = await agent.ExchangedAsync(await person.TokenAsync("email:send", agent));
        await person.Browser.GoAsync("/account");
        await person.Browser.ChooseLanguageAsync("de");
        var id = (await AskAsync(token, "/mails/7")).GetProperty("approvalId").GetString();
        await AskAsync(token, "/mails/7");
        await AskAsync(token, "/mails/8");

        var mail = Assert.Single(await SentAsync(person.Id));
        Assert.EndsWith("bittet um Ihre Genehmigung", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"de\"", mail.HtmlBody!, StringComparison.Ordinal);
        Assert.Contains($"{_side.Server.Issuer}/approvals/{id}", mail.TextBody!, StringComparison.Ordinal);
        Assert.Contains("Uhr (UTC)", mail.TextBody!, StringComparison.Ordinal);
        foreach (var hidden in new[] { token, "sesame", "invoice 4711" })
            Assert.DoesNotContain(hidden, mail.TextBody! + mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_agent_does_for_itself_is_told_to_the_organizations_developers()
    {
        var agent = await _side.AgentAsync();
        await PolicyAsync(agent);
        await AskAsync(await agent.TokenAsync("email:send"), "/mails/7");

        var mail = Assert.Single(await SentAsync(_side.Chain.Organization.UserId));
        Assert.Contains("asks for your approval", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("/developer/approvals/apr_", mail.TextBody!, StringComparison.Ordinal);
    }

    private Task<JsonElement> PolicyAsync(KeyedAgent agent) => _side.Chain.Organization.AskAsync(
        HttpMethod.Post, "/api/v1/policies",
        new { agentId = agent.Id, name = "Ask before mail", rules = new[] { new { type = "require_approval", config = new { actions = new[] { "email:*" } } } } }, HttpStatusCode.Created);

    private Task<JsonElement> AskAsync(string token, string resource) => _side.Chain.Organization.PostAsync(
        "/api/v1/tokens/verify", new { token, requiredScopes = new[] { "email:send" }, resource, context = new { subject = "invoice 4711", password = "sesame" } });

    private async Task<MimeMessage[]> SentAsync(string userId)
    {
        _side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await _side.Server.Services.GetRequiredService<MailWork>().FinishAsync(CancellationToken.None);
        var address = await _side.Server.QueryAsync(context => context.Users.Where(row => row.Id == userId).Select(row => row.Email!).SingleAsync());
        var ids = await _side.Server.QueryAsync(context => context.Mails.Where(row => row.Kind == ApprovalMails.Kind).Select(row => row.Id).ToListAsync());
        return [.. _smtp.Mails.Where(mail => mail.To.Mailboxes.Any(to => to.Address == address) && ids.Any(id => mail.MessageId!.StartsWith(id, StringComparison.Ordinal)))];
    }
}
