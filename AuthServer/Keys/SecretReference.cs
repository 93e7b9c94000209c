using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace AuthServer.Keys;

/// <summary>A configured secret: the value itself, <c>file:PATH</c> or <c>env:NAME</c>.</summary>
public static class SecretReference
{
    private const string FilePrefix = "file:";
    private const string VariablePrefix = "env:";
    private const int MaxBytes = 64 * 1024;

    /// <summary>False with a sentence for the operator, which names the reference and never the secret. Line ends after the secret are cut.</summary>
    /// <param name="home">What a relative path is relative to.</param>
    public static bool TryRead(string value, string home, [NotNullWhen(true)] out string? secret, [NotNullWhen(false)] out string? fault)
    {
        (secret, fault) = (null, null);
        if (value.StartsWith(FilePrefix, StringComparison.Ordinal))
            (secret, fault) = ReadFile(value, home);
        else if (value.StartsWith(VariablePrefix, StringComparison.Ordinal))
            secret = Environment.GetEnvironmentVariable(value[VariablePrefix.Length..])?.TrimEnd('\r', '\n');
        else
            secret = value;
        if (secret is { Length: > 0 })
            return true;
        secret = null;
        fault ??= value.Length == 0 ? "A secret is empty." : $"\"{value}\" is empty or not set.";
        return false;
    }

    private static (string? Secret, string? Fault) ReadFile(string reference, string home)
    {
        try
        {
            // A device or a log given by mistake must not fill the memory.
            using var file = File.OpenRead(Path.GetFullPath(reference[FilePrefix.Length..], home));
            using var text = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
            var buffer = new char[MaxBytes + 1];
            var length = text.ReadBlock(buffer);
            return length > MaxBytes
                ? (null, $"\"{reference}\" is larger than {MaxBytes / 1024} KiB: that is no secret.")
                : (new string(buffer, 0, length).TrimEnd('\r', '\n'), null);
        }
        catch (DecoderFallbackException)
        {
            return (null, $"\"{reference}\" is not UTF-8 text.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"\"{reference}\" cannot be read: {Reason(error)}.");
        }
    }

    private static string Reason(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException => "access is denied",
        _ => "the path or the device is at fault",
    };
}
