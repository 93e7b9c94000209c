using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>Whom a connection's access may name.</summary>
/// <param name="Members">Of the organization, with their names.</param>
/// <param name="Agents">Likewise.</param>
public sealed record AccessChoices(IReadOnlyList<PossibleAnswer> Members, IReadOnlyList<PossibleAnswer> Agents)
{
    private static readonly PossibleAnswer[] Roles =
    [
        new("auditor", "Every member"), new("developer", "Developers and above"), new("admin", "Admins and the owner"), new("owner", "The owner"), new(FormAnswers.Nobody, "Only those ticked below"),
    ];

    /// <summary>Who may see, change and use it.</summary>
    internal Part Ask(ConnectionItem connection)
    {
        var access = connection.Access ?? new();
        return new Part("access", "Who may see, change and use it",
        [
            .. Ask("view", "Who may see it", "Every member", access.View, Members),
            .. Ask("edit", "Who may change it", "Developers who may see it", access.Edit, Members),
            .. Ask("use", "Who may use it", "Who may change it, and every agent", access.Use, [new PossibleAnswer(ConnectionAccess.Agents, "Every agent"), .. Agents, .. Members]),
        ])
        {
            ForAdmins = true,
            Words = "Admins and the owner may always see and change it. Agents also need a scope for what they do.",
        };
    }

    private static Question[] Ask(string name, string label, string usual, IReadOnlyList<string>? list, IReadOnlyList<PossibleAnswer> named)
    {
        var role = list is null ? "" : list.FirstOrDefault(entry => ConnectionAccess.RoleOf(entry) is not null) ?? FormAnswers.Nobody;
        var others = (list ?? []).Where(entry => ConnectionAccess.RoleOf(entry) is null || entry != role).ToArray();
        return
        [
            new($"access.{name}", label, QuestionKind.Entry) { Value = role, Options = [new("", $"{usual} (as without a list)"), .. Roles] },
            new($"access.{name}.also", $"{label}, besides", QuestionKind.Ticks)
            {
                Target = $"access.{name}",
                Value = FormAnswers.Write(others),
                NullWhenEmpty = true,

                // Whoever is on the list and could not be named here stays on it.
                Options = [.. named, .. others.Where(entry => named.All(option => option.Value != entry)).Select(entry => new PossibleAnswer(entry, entry))],
            },
        ];
    }
}
