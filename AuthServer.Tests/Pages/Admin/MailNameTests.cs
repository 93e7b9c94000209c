using AuthServer.Accounts;
using AuthServer.Pages.Admin;
using AuthServer.Pages.Developer.Webhooks;
using AuthServer.Webhooks;

namespace AuthServer.Tests.Pages.Admin;

/// <summary>What is new among mails and events has words on the pages that list them.</summary>
public sealed class MailNameTests
{
    [Fact]
    public void Every_kind_of_mail_has_a_name_that_an_administrator_reads()
    {
        var kinds = typeof(AccountMails).Assembly.GetTypes().Where(type => type.Name.EndsWith("Mails", StringComparison.Ordinal))
            .SelectMany(type => type.GetFields()).Where(field => field.IsLiteral && field.FieldType == typeof(string)).Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.True(kinds.Count > 14, $"Only {kinds.Count} were found: the search is blind.");
        Assert.Equal([], kinds.Where(kind => AdminMailsModel.Name(kind) == kind));
    }

    [Fact]
    public void Every_event_of_webhooks_stands_under_a_heading() => Assert.Equal([], WebhookEventKinds.Names.Where(name => WebhookWords.About(name) == "Other"));
}
