using System.Text;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Tests.Keys;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Vault.Secrets;

/// <summary>A process that keeps secrets, with what it keeps.</summary>
internal sealed class VaultNode(ServiceProvider services, Installation installation)
{
    public VaultSeal Seal { get; } = services.GetRequiredService<VaultSeal>();

    public VaultKeys Keys { get; } = services.GetRequiredService<VaultKeys>();

    public VaultRotation Rotation { get; } = services.GetRequiredService<VaultRotation>();

    public IServiceProvider Services => services;

    /// <summary>The keys are not open yet, but the master key is.</summary>
    public static async Task<VaultNode> CreateAsync(Installation installation, string? command = null, string? masterKey = null)
    {
        var services = await installation.NodeAsync(masterKey, more: services => services.AddVaultSecrets(new VaultKeySettings(command, installation.Home.Path)));
        Assert.Null(await services.GetRequiredService<MasterKeySource>().OpenAsync(mayCreate: true, CancellationToken.None));
        return new VaultNode(services, installation);
    }

    public static async Task<VaultNode> StartAsync(Installation installation, string? command = null)
    {
        Directory.CreateDirectory(installation.Home["keys"]);
        var node = await CreateAsync(installation, command);
        Assert.Empty(await node.Keys.OpenAsync(CancellationToken.None));
        return node;
    }

    public async Task<T> QueryAsync<T>(Func<AuthDbContext, Task<T>> query)
    {
        await using var context = await services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        return await query(context);
    }

    /// <summary>Connections with these secrets; their ids.</summary>
    public Task<List<string>> KeepAsync(params string[] secrets) => QueryAsync(async context =>
    {
        var now = installation.Clock.Now;
        var organization = new Organization { Id = Identifiers.New("acct_", now), Name = "Acme AI", CreatedAt = now, Version = "1" };
        context.Organizations.Add(organization);
        var rows = secrets.Select(secret =>
        {
            var row = new Connection { Id = Identifiers.New(Connection.IdPrefix, now), OrganizationId = organization.Id, ProviderId = "slack", CreatedAt = now, UpdatedAt = now };
            row.Secret = Seal.Seal(Encoding.UTF8.GetBytes(secret), row.SecretPlace);
            return row;
        }).ToList();
        context.Connections.AddRange(rows);
        await context.SaveChangesAsync();
        return rows.ConvertAll(row => row.Id);
    });

    public Task<Connection> ReadAsync(string id) => QueryAsync(context => context.Connections.AsNoTracking().SingleAsync(row => row.Id == id));

    /// <summary>The secret of a connection in clear; null: it does not open.</summary>
    public async Task<string?> OpenAsync(string id)
    {
        var row = await ReadAsync(id);
        return Seal.TryOpen(row.Secret!, row.SecretPlace, out var plain, out _) ? Encoding.UTF8.GetString(plain) : null;
    }

    public Task<int> ChangeAsync(string id, string? secret) => QueryAsync(context =>
        context.Connections.Where(row => row.Id == id).ExecuteUpdateAsync(row => row.SetProperty(one => one.Secret, secret)));

    public Task<List<string>> KeyIdsAsync() => QueryAsync(context => context.VaultKeys.AsNoTracking().OrderBy(row => row.CreatedAt).Select(row => row.Id).ToListAsync());

    /// <summary>As the command runs it, with the time that it waits.</summary>
    public async Task<(string? Fault, string Output)> RotateAsync(bool reencrypt = false)
    {
        var output = new Output();
        var timers = installation.Clock.Timers;
        var running = Rotation.RunAsync(reencrypt, output, CancellationToken.None);
        while (!running.IsCompleted)
        {
            if (output.Waits && installation.Clock.Timers > timers)
            {
                installation.Clock.Advance(VaultRotation.FollowedAfter);
            }

            await Task.Yield();
        }

        return (await running, output.ToString());
    }

    private sealed class Output : StringWriter
    {
        private volatile bool _waits;

        public bool Waits => _waits;

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            _waits |= value?.StartsWith("Waits", StringComparison.Ordinal) == true;
            return Task.CompletedTask;
        }
    }
}
