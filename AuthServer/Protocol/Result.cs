using System.Diagnostics.CodeAnalysis;

namespace AuthServer.Protocol;

/// <summary>A value, or the error that stood in its way. The default is an error: fail closed.</summary>
public readonly struct Result<T>
    where T : class
{
    private readonly OAuthError? _error;

    private Result(T? value, OAuthError? error) => (Value, _error) = (value, error);

    public T? Value { get; }

    public OAuthError? Error => Value is null ? _error ?? OAuthError.ServerError : null;

    public bool Failed([NotNullWhen(true)] out OAuthError? error, [NotNullWhen(false)] out T? value)
    {
        (error, value) = (Error, Value);
        return value is null;
    }

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(OAuthError error) => new(null, error);
}

public static class Result
{
    /// <summary>For interfaces, which C# does not convert implicitly.</summary>
    public static Result<T> Of<T>(T value)
        where T : class => value;
}
