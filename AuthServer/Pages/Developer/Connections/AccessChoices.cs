using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>Whom a connection's access may name.</summary>
/// <param name="Members">Of the organization, with their names.</param>
/// <param name="Agents">Likewise.</param>
public sealed record AccessChoices(IReadOnlyList<PossibleAnswer> Members, IReadOnlyList<PossibleAnswer> Agents)
{
    private static PossibleAnswer[] Roles =>
    [
        new("auditor", T("Every member")), new("developer", T("Developers and above")), new("admin", T("Admins and the owner")), new("owner", T("The owner")), new(FormAnswers.Nobody, T("Only those ticked below")),
    ];

    /// <summary>Who may see, change and use it.</summary>
    internal Part Ask(ConnectionItem connection)
    {
        var access = connection.Access ?? new();
        return new Part("access", T("Who may see, change and use it"),
        [
            .. Ask("view", T("Who may see it"), T("Who may see it, besides"), T("Every member (as without a list)"), access.View, Members),
            .. Ask("edit", T("Who may change it"), T("Who may change it, besides"), T("Developers who may see it (as without a list)"), access.Edit, Members),
            .. Ask("use", T("Who may use it"), T("Who may use it, besides"), T("Who may change it, and every agent (as without a list)"), access.Use, [new PossibleAnswer(ConnectionAccess.Agents, T("Every agent")), .. Agents, .. Members]),
        ])
        {
            ForAdmins = true,
            Words = T("Admins and the owner may always see and change it. Agents also need a scope for what they do."),
        };
    }

    private static Question[] Ask(string name, string label, string besides, string usual, IReadOnlyList<string>? list, IReadOnlyList<PossibleAnswer> named)
    {
        var role = list is null ? "" : list.FirstOrDefault(entry => ConnectionAccess.RoleOf(entry) is not null) ?? FormAnswers.Nobody;
        var others = (list ?? []).Where(entry => ConnectionAccess.RoleOf(entry) is null || entry != role).ToArray();
        return
        [
            new($"access.{name}", label, QuestionKind.Entry) { Value = role, Options = [new("", usual), .. Roles] },
            new($"access.{name}.also", besides, QuestionKind.Ticks)
            {
                Target = $"access.{name}",
                Value = FormAnswers.Write(others),
                NullWhenEmpty = true,
                Options = named,
            },
        ];
    }
}
