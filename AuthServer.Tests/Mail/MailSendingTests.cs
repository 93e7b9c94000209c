using AuthServer.Mail;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Mail;

/// <summary>How mail leaves the server, by a mail server that speaks SMTP.</summary>
public sealed class MailSendingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mail_goes_out_encrypted_with_the_same_words_in_both_forms_and_nothing_that_tells_when_it_was_read(bool tls)
    {
        await using var side = await MailSide.StartAsync(SmtpHost.Start(tls));
        using var browser = await side.ForgetAsync(Flows.Email);
        var mail = await side.NewestAsync(Flows.Email);

        Assert.DoesNotContain(side.Smtp.Lines, line => line.StartsWith("plain", StringComparison.Ordinal) && !line.Contains("EHLO", StringComparison.Ordinal) && line != "plain STARTTLS");
        Assert.Contains(side.Smtp.Lines, line => line.StartsWith("secure AUTH", StringComparison.Ordinal));
        Assert.Equal("\"Acme sign-in\" <auth@server.example>", mail.From.ToString());
        Assert.Equal(Flows.Email, mail.To.ToString());
        Assert.Equal("auto-generated", mail.Headers["Auto-Submitted"]);
        Assert.Equal(side.Server.Clock.Now.ToUnixTimeSeconds(), mail.Date.ToUnixTimeSeconds());
        foreach (var text in new[] { side.Server.Issuer, Flows.Email, "127.0.0.1", "UTC", "If it was not you" })
        {
            Assert.Contains(text, mail.TextBody, StringComparison.Ordinal);
            Assert.Contains(text, mail.HtmlBody, StringComparison.Ordinal);
        }

        Assert.DoesNotMatch("(?i)<img|<script|<link|src=|url\\(|@import", mail.HtmlBody);
        Assert.Empty(mail.Attachments);
    }

    [Fact]
    public async Task What_was_sent_is_sent_once_and_nothing_is_left_of_what_it_said()
    {
        await using var side = await MailSide.StartAsync();
        using var browser = await side.ForgetAsync(Flows.Email);
        var mail = Assert.Single(await side.ToAsync(Flows.Email));
        side.Server.Clock.Advance(TimeSpan.FromMinutes(20));
        await side.FinishAsync();

        Assert.Single(side.Smtp.Mails);
        var row = await RowAsync(side);
        Assert.Null(row.Content);
        Assert.Null(row.DueAt);
        Assert.NotNull(row.SentAt);
        Assert.Equal($"{row.Id}@server.example", mail.MessageId);
    }

    [Fact]
    public async Task A_mail_that_waits_is_sealed_and_neither_log_nor_trail_tells_its_link()
    {
        await using var side = await MailSide.StartAsync();
        side.Smtp.AnswerTo = _ => "451 later";
        using var browser = await side.ForgetAsync(Flows.Email);
        await side.FinishAsync();
        var sealedContent = (await RowAsync(side)).Content!;
        side.Smtp.AnswerTo = _ => null;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var link = MailSide.LinkIn(await side.NewestAsync(Flows.Email));
        var handle = link.Split('=')[1];
        using var used = await side.ResetAsync(link);

        Assert.DoesNotContain("reset-password", System.Text.Encoding.Latin1.GetString(sealedContent), StringComparison.Ordinal);
        Assert.DoesNotContain(side.Server.Logs.All, line => line.Contains(handle, StringComparison.Ordinal) || line.Contains(SmtpHost.Password, StringComparison.Ordinal));
        Assert.DoesNotContain(
            await side.Server.QueryAsync(context => context.AuditEvents.AsNoTracking().ToListAsync()),
            row => string.Concat(row.Target, row.Detail, row.Personal, row.Reason, row.CorrelationId).Contains(handle, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mail_that_is_not_taken_now_is_sent_later_and_later()
    {
        await using var side = await MailSide.StartAsync();
        side.Smtp.AnswerTo = _ => "451 4.7.1 greylisted";
        using var browser = await side.ForgetAsync(Flows.Email);
        await side.FinishAsync();
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 4; i++)
        {
            var row = await RowAsync(side);
            Assert.Equal((MailFailures.Busy, i + 1), (row.LastFailure, row.Attempts));
            waits.Add(row.DueAt!.Value - side.Server.Clock.Now);
            side.Server.Clock.AdvanceTo(row.DueAt.Value);
            await side.FinishAsync();
        }

        Assert.Equal(waits.Order(), waits);
        Assert.InRange(waits[0].TotalSeconds, 20, 40);
        side.Smtp.AnswerTo = _ => null;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(18));
        var sent = await side.ToAsync(Flows.Email);

        // Its link is dead by then: nobody is sent it.
        Assert.Empty(sent);
    }

    [Fact]
    public async Task A_mail_that_is_refused_for_good_is_given_up_and_the_next_is_sent_all_the_same()
    {
        await using var side = await MailSide.StartAsync(("AuthServer:Users:1:Email", "gone@example.com"), ("AuthServer:Users:1:Password", Flows.Password));
        side.Smtp.AnswerTo = to => to == "gone@example.com" ? "550 5.1.1 no such mailbox" : null;
        using var gone = await side.ForgetAsync("gone@example.com");
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(5));
        using var here = await side.ForgetAsync(Flows.Email);

        Assert.Single(await side.ToAsync(Flows.Email));
        var refused = await side.Server.QueryAsync(context => context.Mails.AsNoTracking().SingleAsync(row => row.Recipient == "gone@example.com"));
        Assert.Equal((MailFailures.Refused, null, null), (refused.LastFailure, refused.DueAt, refused.Content));
        var told = Assert.Single(await side.Server.TrailAsync(MailEvents.GivenUp));
        Assert.Equal((refused.Id, MailFailures.Refused), (told.Target, told.Reason));
    }

    [Fact]
    public async Task A_mail_server_that_offers_no_encryption_is_told_nothing()
    {
        await using var side = await MailSide.StartAsync();
        side.Smtp.OffersTls = false;
        using var browser = await side.ForgetAsync(Flows.Email);
        await side.FinishAsync();

        Assert.Equal(MailFailures.Insecure, (await RowAsync(side)).LastFailure);
        Assert.All(side.Smtp.Lines, line => Assert.Matches("^plain (EHLO|QUIT)", line));
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("elsewhere.example", false)]
    public async Task A_mail_server_that_does_not_show_who_it_is_gets_no_mail_and_no_password(string name, bool foreignAuthority)
    {
        await using var smtp = SmtpHost.Start(name: name);
        await using var other = SmtpHost.Start();
        await using var server = await Flows.StartAsync([.. smtp.Settings, .. foreignAuthority ? [("AuthServer:Mail:Authorities", other.Authority)] : Array.Empty<(string, string)>()]);
        using var browser = new TestBrowser(server);
        await browser.GoAsync("/forgotten-password");
        await browser.SubmitAsync(new() { ["Email"] = Flows.Email });
        await MailSide.FinishAsync(server);

        Assert.Equal(MailFailures.Insecure, (await server.QueryAsync(context => context.Mails.SingleAsync())).LastFailure);
        Assert.DoesNotContain(smtp.Lines, line => line.Contains("AUTH", StringComparison.Ordinal));
        Assert.Empty(smtp.Mails);
    }

    [Fact]
    public async Task A_wrong_password_of_the_mail_server_costs_one_attempt_of_one_mail_each_round()
    {
        await using var side = await MailSide.StartAsync(
            ("AuthServer:Mail:Password", "not-its-password"), ("AuthServer:Users:1:Email", "grace@example.com"), ("AuthServer:Users:1:Password", Flows.Password));
        using var one = await side.ForgetAsync(Flows.Email);
        using var two = await side.ForgetAsync("grace@example.com");
        await side.FinishAsync();
        var rows = await side.Server.QueryAsync(context => context.Mails.AsNoTracking().OrderBy(row => row.Attempts).ToListAsync());

        Assert.Equal([0, 1], rows.Select(row => row.Attempts));
        Assert.Equal(MailFailures.SignIn, rows[1].LastFailure);
    }

    [Fact]
    public async Task A_mail_server_that_is_away_is_called_again()
    {
        var smtp = SmtpHost.Start();
        await using var side = await MailSide.StartAsync(smtp, ("AuthServer:Mail:Port", TestServer.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture)));
        using var browser = await side.ForgetAsync(Flows.Email);
        await side.FinishAsync();

        Assert.Equal(MailFailures.Unreachable, (await RowAsync(side)).LastFailure);
        await side.Server.RestartAsync([.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. smtp.Settings]);
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await side.ToAsync(Flows.Email));
    }

    [Fact]
    public async Task When_the_line_is_cut_before_the_answer_the_mail_comes_again_under_the_same_name()
    {
        await using var side = await MailSide.StartAsync();
        side.Smtp.HangsUpAfterData = true;
        using var browser = await side.ForgetAsync(Flows.Email);
        await side.FinishAsync();
        side.Smtp.HangsUpAfterData = false;
        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        var mails = await side.ToAsync(Flows.Email);

        Assert.True(mails.Length >= 2, $"It came {mails.Length} times.");
        Assert.Single(mails.Select(mail => mail.MessageId).Distinct());
    }

    [Fact]
    public async Task An_address_with_letters_of_other_alphabets_is_written_to()
    {
        const string Email = "grüße@bücher.example";
        await using var side = await MailSide.StartAsync();
        using var browser = await side.RegisterAsync(Email);
        await side.FinishAsync();

        Assert.Contains(side.Smtp.Lines, line => line.Contains("RCPT TO:<grüße@", StringComparison.Ordinal));
        Assert.Single(side.Smtp.Mails);
    }

    [Fact]
    public async Task The_list_is_kept_for_a_while_and_then_forgotten()
    {
        await using var side = await MailSide.StartAsync(("AuthServer:Mail:Kept", "2.00:00:00"));
        using var browser = await side.ForgetAsync(Flows.Email);
        await side.FinishAsync();
        var work = side.Server.Services.GetRequiredService<MailWork>();
        side.Server.Clock.Advance(TimeSpan.FromDays(1.9));
        await work.PruneAsync(default);
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Mails.CountAsync()));

        side.Server.Clock.Advance(TimeSpan.FromDays(0.2));
        await work.PruneAsync(default);
        Assert.Equal(0, await side.Server.QueryAsync(context => context.Mails.CountAsync()));
    }

    private static Task<OutgoingMail> RowAsync(MailSide side) => side.Server.QueryAsync(context => context.Mails.AsNoTracking().SingleAsync());
}
