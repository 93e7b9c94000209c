using AuthServer.Pages.Developer.Providers;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What a connection asks people for: a preset, or a choice of one's own, in plain words.</summary>
internal static class ScopeQuestions
{
    public static Part? Of(ConnectionItem connection, ProviderDetail? provider)
    {
        if (provider is not { Scopes: { } known, Presets: { } presets, Definition.Oauth.Scopes: { } rules })
        {
            return null;
        }

        var preset = Presets(presets).FirstOrDefault(preset => preset.Scopes.ToHashSet(StringComparer.Ordinal).SetEquals(connection.Scopes)).Name;
        var described = known.Select(scope => scope.Name).ToHashSet(StringComparer.Ordinal);
        return new Part("scopes", T("What it asks for"),
        [
            .. Presets(presets).Any() ? new[] { Choice(presets, rules, preset) } : [],
            .. known.Count > 0 ? new[] { Ticks(connection, known) } : [],
            new("scopes.more", known.Count > 0 ? T("Others") : T("Scopes"), QuestionKind.Lines)
            {
                Target = "scopes",
                Value = FormAnswers.Write(connection.Scopes.Where(scope => !described.Contains(scope))),
                Hint = T("One on each line, as the provider spells it."),
            },
        ])
        {
            Words = rules.Sent ? T("Ask for as little as the work needs.") : T("The app's registration at the provider says what is asked for: choose it there, and the same here."),
        };
    }

    private static IEnumerable<(string Name, string Label, IReadOnlyList<string> Scopes)> Presets(ScopePresets presets) =>
        new[] { ("read_only", T("Read-only"), presets.ReadOnly), ("read_write", T("Read and write"), presets.ReadWrite), ("admin", T("Admin"), presets.Admin) }
            .Concat(presets.Specific.Select(preset => (preset.Name, T(preset.Label), preset.Scopes))).Where(preset => preset.Item3.Count > 0);

    private static Question Choice(ScopePresets presets, ScopeRules rules, string? preset) => new("scope_preset", T("Presets"), QuestionKind.Radio)
    {
        Value = preset ?? "",
        Options =
        [
            .. Presets(presets).Select(one => new PossibleAnswer(one.Name, Names.Shown(one.Label), string.Join("; ", one.Scopes.Select(scope => Words(rules, scope))))),
            new("", T("A choice of your own"), T("What is ticked below.")),
        ],
    };

    private static Question Ticks(ConnectionItem connection, IReadOnlyList<ScopeItem> known) => new("scopes", T("A choice of your own"), QuestionKind.Ticks)
    {
        Value = FormAnswers.Write(connection.Scopes.Where(scope => known.Any(one => one.Name == scope))),
        Options =
        [
            .. from heading in ProviderPages.Grouped(known)
               from scope in heading.Scopes
               select new PossibleAnswer(scope.Name, Names.Capital(Names.Shown(T(scope.Words))), scope.Reviewed ? T("{0}. Needs a review.", scope.ShortName) : scope.ShortName, heading.Heading),
        ],
    };

    private static string Words(ScopeRules rules, string scope) => rules.Find(scope) is { Words.Length: > 0 } known ? Names.Shown(T(known.Words)) : rules.Shortened(scope);
}
