using AuthServer.Scopes;

namespace AuthServer.Pages;

/// <summary>Scopes in the reader's language: those that come with this server. What others described is shown as they wrote it.</summary>
internal static class ScopeWords
{
    public static string Title(ScopeLine line) => Names.Shown(line.Origin == ScopeOrigin.Predefined ? Texts.T(line.Title) : line.Title);

    public static string Description(ScopeLine line) =>
        line.Origin == ScopeOrigin.Predefined || line.Description == ScopeLine.Undescribed ? Texts.T(line.Description) : line.Description;
}
