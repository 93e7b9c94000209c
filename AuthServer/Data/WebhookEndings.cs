using AuthServer.Organizations;
using AuthServer.Webhooks;

namespace AuthServer.Data;

/// <summary>Disables the webhooks of those who may not make any there any more, within a change that does more. Each is told in the trail.</summary>
internal static class WebhookEndings
{
    private const string Disable =
        $"""
        UPDATE "Webhooks" SET "Enabled" = FALSE, "DisabledReason" = '{DisabledReasons.MakerGone}', "DisabledAt" = $1, "UpdatedAt" = $1, "Version" = $2
        WHERE "Enabled" AND "CreatedBy" = $3
        """;

    private static readonly Statement OfPerson = new($"""{Disable} RETURNING "Id", "OrganizationId" """);

    private static readonly Statement OfMember = new($"""{Disable} AND "OrganizationId" = $4 RETURNING "Id", "OrganizationId" """);

    /// <param name="role">What the member may still do; null: nothing.</param>
    public static ValueTask EndAsync(WriteTransaction transaction, string organizationId, string userId, Role? role, DateTimeOffset now) =>
        role >= Role.Developer ? default : EndAsync(transaction, OfMember, now, userId, organizationId);

    /// <summary>Those that a person made anywhere.</summary>
    public static ValueTask EndOfPersonAsync(WriteTransaction transaction, string userId, DateTimeOffset now) => EndAsync(transaction, OfPerson, now, userId);

    private static async ValueTask EndAsync(WriteTransaction transaction, Statement statement, DateTimeOffset now, params object?[] whose)
    {
        foreach (var (id, organizationId) in await transaction.QueryAsync(
            statement, row => (row.GetString(0), row.GetString(1)), [now, TokenRow.NewConcurrencyToken(), .. whose]))
        {
            await AuditTrail.AppendAsync(transaction, WebhookEvents.Disabled(id, organizationId, DisabledReasons.MakerGone, now));
        }
    }
}
