using AuthServer.Notices;
using AuthServer.Organizations;

namespace AuthServer.Pages.Developer.Home;

/// <summary>Something of an organization that needs somebody.</summary>
/// <param name="Title">A name that somebody chose may stand in it.</param>
/// <param name="Risk">How pressing it is: <c>standard</c>, <c>high</c> or <c>critical</c>.</param>
/// <param name="Badge">The same in words.</param>
/// <param name="Address">Where something can be done about it.</param>
public sealed record Need(string Title, string Words, string Risk, string Badge, string Address)
{
    /// <summary>What is pressing first.</summary>
    public static IEnumerable<Need> Of(Overview overview, Seat seat)
    {
        var query = $"organization={seat.Organization.OrganizationId}";
        if (overview.FailedConnections > 0)
        {
            yield return new(
                Texts.Count(overview.FailedConnections, "{0} connection does not work", "{0} connections do not work"), Texts.T("Agents make no calls by it until it is mended."),
                "critical", Texts.T("Error"), $"/developer/connections?{query}&status=error");
        }

        if (overview.FailingWebhooks > 0)
        {
            yield return new(
                Texts.Count(overview.FailingWebhooks, "{0} webhook is not heard", "{0} webhooks are not heard"), Texts.T("Its address does not answer, or it was switched off for that."),
                "critical", Texts.T("Failing"), $"/developer/webhooks?{query}");
        }

        foreach (var one in overview.Expiring)
        {
            yield return Of(one, overview.At, query);
        }

        if (overview.MakerlessWebhooks > 0)
        {
            yield return new(
                Texts.Count(overview.MakerlessWebhooks, "{0} webhook is disabled", "{0} webhooks are disabled"),
                Texts.T("Who answered for it may not any more. Whoever enables it answers for it from then on."), "high", Texts.T("Disabled"), $"/developer/webhooks?{query}");
        }

        if (overview.OverdueSecrets > 0)
        {
            yield return new(
                Texts.Count(overview.OverdueSecrets, "{0} secret of a connection is to be replaced", "{0} secrets of connections are to be replaced"),
                Texts.T("It is older than the connection says it should be."), "high", Texts.T("Overdue"), $"/developer/connections?{query}&rotation=overdue");
        }

        if (overview.SuspendedAgents > 0)
        {
            yield return new(
                Texts.Count(overview.SuspendedAgents, "{0} agent is suspended", "{0} agents are suspended"), Texts.T("It gets no tokens until somebody resumes it."),
                "high", Texts.T("Suspended"), $"/developer/agents?{query}&status=suspended");
        }

        if (overview.Invitations > 0)
        {
            yield return new(
                Texts.Count(overview.Invitations, "{0} invitation waits for an answer", "{0} invitations wait for an answer"), Texts.T("Whoever was invited has not joined yet."),
                "standard", Texts.T("Waiting"), $"/developer/members?{query}");
        }
    }

    private static Need Of(ExpiringCredential one, DateTimeOffset now, string query)
    {
        var name = Names.Shown(one.Name);
        var title = one.Kind switch
        {
            ExpiringKind.AgentKey => Texts.T("The key {0}… of {1} expires", one.Hint, name),
            ExpiringKind.AgentSecret or ExpiringKind.ApplicationSecret or ExpiringKind.ResourceSecret => Texts.T("The old secret {0}… of {1} expires", one.Hint, name),
            ExpiringKind.DeveloperKey => Texts.T("The developer key {0} expires", name),
            _ => Texts.T("The certificate {0} expires", name),
        };
        var address = one.Kind switch
        {
            ExpiringKind.Certificate => $"/developer/certificates?{query}",
            ExpiringKind.DeveloperKey => $"/developer/keys?{query}",
            ExpiringKind.ResourceSecret => $"/developer/resource-servers?{query}",
            ExpiringKind.ApplicationSecret => $"/developer/applications?{query}",
            _ => $"/developer/agents/{one.AgentId}/keys",
        };
        return new(
            title,
            one.IsReplaced ? Texts.T("In {0}, on {1}. It was replaced: programs that still use it must use the new one by then.", Durations.InWords(one.ExpiresAt - now), Durations.Moment(one.ExpiresAt))
                : Texts.T("In {0}, on {1}. Replace it before.", Durations.InWords(one.ExpiresAt - now), Durations.Moment(one.ExpiresAt)),
            one.NoticeAt(now) switch { 1 => "critical", 7 => "high", _ => "standard" }, Texts.T("Expires"), address);
    }
}
