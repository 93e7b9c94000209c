using System.Net;
using System.Text.Json;

namespace AuthServer.Tests.Support;

/// <summary>One server for the tests of a class that ask what organizations may do. Its passwords are hashed cheaply: how dear they are is tested elsewhere.</summary>
public sealed class DeveloperSide : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public Rest Nobody { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await TestServer.StartAsync();
        Nobody = new Rest(Server);
    }

    public async Task DisposeAsync()
    {
        Nobody.Dispose();
        await Server.DisposeAsync();
    }

    /// <summary>A new organization and its owner.</summary>
    public async Task<Crew> CrewAsync(string name = "Acme") => new(this, await Nobody.RegisterDeveloperAsync(name));

    /// <summary>A new person, signed in.</summary>
    public async Task<Somebody> PersonAsync(string? email = null)
    {
        email ??= $"{Guid.NewGuid():N}@example.com";
        var answer = (await Nobody.PostAsync("/users/register", new { name = "Some Body", email, password = Rest.Password })).Is(HttpStatusCode.Created).Json;
        return new Somebody(answer.GetProperty("user").GetProperty("id").GetString()!, email, Nobody.As(answer.GetProperty("token").GetString()));
    }
}

/// <summary>A person and what they call the API with.</summary>
public sealed record Somebody(string Id, string Email, Rest Api)
{
    /// <summary>The same person, signed in once more.</summary>
    public async Task<Somebody> SignInAsync(string? organizationId = null)
    {
        using var nobody = Api.As(null);
        var answer = organizationId is null
            ? await nobody.PostAsync("/users/login", new { email = Email, password = Rest.Password })
            : await nobody.PostAsync("/developers/login", new { email = Email, password = Rest.Password, organizationId });
        return this with { Api = Api.As(answer.Is(HttpStatusCode.OK).Json.GetProperty("token").GetString()) };
    }
}

/// <summary>An organization of the tests: its owner, its first key, and members of every role.</summary>
public sealed class Crew(DeveloperSide side, JsonElement registered)
{
    public string Id { get; } = registered.GetProperty("organization").GetProperty("id").GetString()!;

    public string Path => "/organizations/" + Id;

    public Somebody Owner { get; } = new(
        registered.GetProperty("developer").GetProperty("id").GetString()!,
        registered.GetProperty("developer").GetProperty("email").GetString()!,
        side.Nobody.As(registered.GetProperty("token").GetString()));

    public Rest Key { get; } = side.Nobody.As(registered.GetProperty("apiKey").GetString());

    /// <summary>A new member, signed in to the organization.</summary>
    public async Task<Somebody> JoinedAsync(string role)
    {
        var person = await side.PersonAsync();
        var token = await InviteAsync(person.Email, role);
        (await person.Api.PostAsync("/invitations/accept", new { token })).Is(HttpStatusCode.OK);
        return await person.SignInAsync(Id);
    }

    /// <summary>The token of a new invitation.</summary>
    public async Task<string> InviteAsync(string email, string role = "developer") =>
        (await Key.PostAsync(Path + "/invitations", new { email, role })).Is(HttpStatusCode.Created).Json.GetProperty("token").GetString()!;

    /// <summary>Whoever has this role: the owner, or a new member.</summary>
    public async Task<Somebody> MemberAsync(string role) => role == "owner" ? Owner : await JoinedAsync(role);
}
