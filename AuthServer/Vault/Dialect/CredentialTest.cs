using AuthServer.Outbound;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>What a test call shows of a credential.</summary>
public enum CredentialVerdict
{
    Accepted,

    /// <summary>Good, although it may not do this.</summary>
    Limited,
    Refused,

    /// <summary>The answer says nothing about the credential.</summary>
    CannotTell,
}

/// <summary>Reads the answer of a test call.</summary>
public static class CredentialTest
{
    public static CredentialVerdict Read(TestRules rules, OutboundResult answer)
    {
        if (answer.Failure is not null)
        {
            return CredentialVerdict.CannotTell;
        }

        var body = AnswerBody.Read(answer);
        return AnswerRule.AnyFits(rules.Accepted, answer.Status, answer.Header, body) ? CredentialVerdict.Accepted
            : AnswerRule.AnyFits(rules.Limited, answer.Status, answer.Header, body) ? CredentialVerdict.Limited
            : AnswerRule.AnyFits(rules.Refused, answer.Status, answer.Header, body) ? CredentialVerdict.Refused
            : CredentialVerdict.CannotTell;
    }
}
