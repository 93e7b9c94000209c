using System.ComponentModel;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Scopes;

/// <summary><c>/api/v1/scopes</c>: the catalogue for everybody, and an organization's own scopes for its developers.</summary>
internal static class ScopesApi
{
    private const string Tag = "Scopes";
    private const int MostToResolve = 200;

    public static void MapScopes(this RouteGroupBuilder api)
    {
        api.MapGet("/scopes", (Visitor visitor, ScopeCatalog catalog, CancellationToken ct) => ListAsync(visitor, catalog, null, ct))
            .WithTags(Tag).WithSummary("Lists all scopes, with risks and plain words.").WithName("listScopes");
        api.MapGet("/scopes/{name}", ([Description("The category.")] string name, Visitor visitor, ScopeCatalog catalog, CancellationToken ct) => ListAsync(visitor, catalog, name, ct))
            .WithTags(Tag).WithSummary("Lists the scopes of one category.").WithName("listScopesOfCategory");
        api.MapPost("/scopes/resolve", (ScopesBody body, Visitor visitor, ScopeCatalog catalog, CancellationToken ct) => ResolveAsync(visitor, catalog, body, ct))
            .Requires(Role.Auditor).WithTags(Tag).WithSummary("Says which scopes wildcards stand for, and which names nobody knows.").WithName("resolveScopes");
        api.MapPost("/scopes", (Body<NewScope> body, Developer developer, OrganizationScopes scopes, HttpContext http, CancellationToken ct) =>
                scopes.CreateAsync(http, developer, body.Value, ct))
            .Requires(Role.Admin).Creates().WithTags(Tag).WithSummary("Defines a scope of the organization's own.").WithName("createScope");
        api.MapPatch("/scopes/{**name}", (string name, Body<ScopeChange> body, IfMatch ifMatch, Developer developer, OrganizationScopes scopes, HttpContext http, CancellationToken ct) =>
                scopes.ChangeAsync(http, developer, Decoded(name), body.Value, ifMatch, ct))
            .Requires(Role.Admin).WithTags(Tag).WithSummary("Changes what one of the organization's own scopes says.").WithName("changeScope");
        api.MapDelete("/scopes/{**name}", (string name, IfMatch ifMatch, Developer developer, OrganizationScopes scopes, HttpContext http, CancellationToken ct) =>
                scopes.DeleteAsync(http, developer, Decoded(name), ifMatch, ct))
            .Requires(Role.Admin).WithTags(Tag).WithSummary("Deletes one of the organization's own scopes.").WithName("deleteScope");
    }

    private static async Task<Answer<Page<ScopeItem>>> ListAsync(Visitor visitor, ScopeCatalog catalog, string? category, CancellationToken ct)
    {
        var known = await catalog.KnownAsync(visitor.OrganizationId, ct);
        ScopeItem[] items = [.. known.All.Where(line => category is null || line.Category == category).Select(ScopeItem.Of)];
        return items.Length > 0 ? new Page<ScopeItem>(items, new PageMeta(items.Length, items.Length, 0)) : Problem.NotFound;
    }

    private static async Task<Answer<ResolvedScopes>> ResolveAsync(Visitor visitor, ScopeCatalog catalog, ScopesBody asked, CancellationToken ct)
    {
        if (asked.Scopes is not { Count: > 0 and <= MostToResolve } scopes || scopes.Any(scope => scope is null || ScopeNames.Parse(scope) is not [var only] || only != scope))
        {
            return Problem.Invalid("scopes", $"Name 1 to {MostToResolve} scopes, each as it would stand in a request.");
        }

        var known = await catalog.KnownAsync(visitor.OrganizationId, ct);
        var resolved = scopes.Distinct(StringComparer.Ordinal)
            .Select(scope => (Asked: scope, Names: ScopeWildcards.Resolve([scope], known.Names).Where(name => known.Find(name) is not null).ToArray())).ToArray();
        return new ResolvedScopes(
            [.. resolved.SelectMany(scope => scope.Names).Distinct(StringComparer.Ordinal)],
            [.. resolved.Where(scope => scope.Names.Length == 0).Select(scope => scope.Asked)]);
    }

    /// <summary>The server leaves an encoded slash in a path as it is; no name holds a percent sign.</summary>
    private static string Decoded(string name) => name.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
