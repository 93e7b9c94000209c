namespace AuthServer.Accounts;

/// <summary>Whether somebody may make an account.</summary>
public sealed class SignUp(SignUpPolicy policy, Invitations invitations, Administrators administrators)
{
    /// <summary>Whether a page may offer it to everybody.</summary>
    public bool IsOpen => policy.People == SignUpMode.Open;

    /// <summary>Who follows a link that was used is told so before they fill anything in.</summary>
    /// <param name="token">The invitation of the link, where there is one.</param>
    public async Task<SignUpAnswer> AskAsync(string? token, CancellationToken ct) =>
        await AskAsync(policy.People, token, ct) is var answer && answer.Invitation is { } invitation && await invitations.IsUsedAsync(invitation, ct) ? SignUpAnswer.BadInvitation : answer;

    /// <summary>The same of whoever wants to make an organization.</summary>
    public Task<SignUpAnswer> AskDeveloperAsync(string? token, CancellationToken ct) => AskAsync(policy.Developers, token, ct);

    /// <summary>The same of an agent that registers itself. The set-up link of a first start is for a person.</summary>
    public async Task<SignUpAnswer> AskAgentAsync(string? token, CancellationToken ct) =>
        await AskAsync(policy.Agents, token, ct) is { Invitation: not { Administrator: true } } answer ? answer : SignUpAnswer.BadInvitation;

    /// <summary>Uses the invitation up: true for the one who uses it first, and where none is needed.</summary>
    public async Task<bool> TryUseAsync(Invitation? invitation, CancellationToken ct) =>
        invitation is null || (await invitations.TryUseAsync(invitation, ct) && !(invitation.Administrator && await administrators.AnyAsync(ct)));

    /// <summary>Somebody came by it: a set-up link opens nothing any more, even if all administrators should go.</summary>
    public Task CloseAsync(Invitation? invitation, CancellationToken ct) => invitation is { Administrator: true } ? invitations.CloseAsync(invitation, ct) : Task.CompletedTask;

    private async Task<SignUpAnswer> AskAsync(SignUpMode mode, string? token, CancellationToken ct)
    {
        var invitation = invitations.Read(token);
        if (invitation is { Administrator: true })
        {
            // The set-up link of a first start: with an administrator there, it opens nothing.
            return await administrators.AnyAsync(ct) ? SignUpAnswer.BadInvitation : new SignUpAnswer(true, invitation);
        }

        // Nobody gets in by what somebody gave who was put out, or administers no more.
        if (mode != SignUpMode.Closed && invitation is { GivenBy: { } giver } && !await administrators.IncludeAsync(giver, ct))
        {
            return SignUpAnswer.BadInvitation;
        }

        return mode switch
        {
            SignUpMode.Open => new SignUpAnswer(true, invitation),
            SignUpMode.Invite when invitation is not null => new SignUpAnswer(true, invitation),
            SignUpMode.Invite when token is not null => SignUpAnswer.BadInvitation,
            _ => new SignUpAnswer(false, null),
        };
    }
}
