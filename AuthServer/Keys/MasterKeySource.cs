using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace AuthServer.Keys;

/// <summary>Gets the master key from where the settings say, once, at start.</summary>
internal sealed partial class MasterKeySource(KeySettings settings, KeyDirectory directory, TimeProvider time, ILogger<MasterKeySource> logger)
    : IDisposable
{
    private const string CommandPrefix = "command:";
    private const string FilePrefix = "file:";

    private MasterKey? _opened;

    /// <exception cref="InvalidOperationException">Asked for before <see cref="OpenAsync"/> has found it.</exception>
    public MasterKey Opened => _opened ?? throw new InvalidOperationException("The master key has not been opened yet.");

    public bool IsOpen => _opened is not null;

    /// <summary>Null, or a sentence for the operator that says what to restore.</summary>
    /// <param name="mayCreate">True only with a new database: elsewhere a new key would open nothing.</param>
    public async Task<string?> OpenAsync(bool mayCreate, CancellationToken ct)
    {
        if (_opened is not null)
            return null;
        if (settings.MasterKey is null && mayCreate && !File.Exists(directory.MasterKey))
            Create();
        var (secret, fault) = await ReadAsync(ct);
        if (secret is null)
            return fault;
        var usable = MasterKey.TryParse(secret, out _opened);
        CryptographicOperations.ZeroMemory(secret);
        return usable ? null : $"The master key ({Place}) is not {MasterKey.Size} bytes in base64. Restore it from a backup of this installation.";
    }

    public void Dispose() => _opened?.Dispose();

    /// <summary>Where it is, without what could be the key itself.</summary>
    public string Place => settings.MasterKey switch
    {
        null => directory.MasterKey,
        var reference when reference.StartsWith(FilePrefix, StringComparison.Ordinal) => reference,
        var reference when reference.StartsWith("env:", StringComparison.Ordinal) => reference,
        _ => "AuthServer:Keys:MasterKey", // a command line or the key itself: not for messages
    };

    private async Task<(byte[]? Secret, string? Fault)> ReadAsync(CancellationToken ct)
    {
        if (settings.MasterKey is not { } reference)
            return ReadFile();
        if (reference.StartsWith(CommandPrefix, StringComparison.Ordinal))
            return await SecretCommand.RunAsync(reference[CommandPrefix.Length..], settings.Home, time, ct);
        // A mounted secret is often readable for everybody in its container, where nobody else is.
        if (reference.StartsWith(FilePrefix, StringComparison.Ordinal) && LooseFault(reference[FilePrefix.Length..]) is { } loose)
            Log.MasterKeyOpenToOthers(logger, loose);
        return SecretReference.TryRead(reference, settings.Home, out var secret, out var fault)
            ? (Encoding.UTF8.GetBytes(secret), null)
            : (null, $"The master key cannot be read: {fault}");
    }

    private (byte[]? Secret, string? Fault) ReadFile()
    {
        try
        {
            return (File.ReadAllBytes(directory.MasterKey), null);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, $"The master key {directory.MasterKey} is missing, and this database has secrets that were sealed with it. Restore the file from a backup, or set AuthServer:Keys:MasterKey to where it is.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"The master key {directory.MasterKey} cannot be read by this user.");
        }
    }

    private void Create()
    {
        using var created = MasterKey.Create();
        var base64 = created.Export();
        try
        {
            OwnerOnlyFiles.Write(directory.MasterKey, [.. base64, (byte)'\n']);
            Log.MasterKeyCreated(logger, directory.MasterKey);
        }
        catch (IOException) when (File.Exists(directory.MasterKey))
        {
            // Another node of a new installation was faster: its key counts.
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
        }
    }

    private string? LooseFault(string path)
    {
        var full = Path.GetFullPath(path, settings.Home);
        return File.Exists(full) ? OwnerOnlyFiles.FaultOf(full) : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Created the master key {Path}. Keep a copy of it in a safe place: what it seals cannot be opened without it.")]
        public static partial void MasterKeyCreated(ILogger logger, string path);

        [LoggerMessage(LogLevel.Warning, "The master key is open to others. {Fault}")]
        public static partial void MasterKeyOpenToOthers(ILogger logger, string fault);
    }
}
