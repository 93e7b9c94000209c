using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;

namespace AuthServer.Configuration;

/// <summary><c>chain verify</c>: 0 when a delegation chain passes, 1 when it is refused, 2 when a file cannot be read or a key set used. It needs no
/// installation: no database, no keys, no settings.</summary>
internal static class ChainCommands
{
    private const int Refused = 1;
    private const int Unusable = 2;
    private const int LongestFile = 1024 * 1024;

    private static readonly Option<string> Jwks = new("--jwks")
    {
        Required = true,
        HelpName = "FILE",
        Description = "The key set of the authorization server that issued the chain.",
    };

    private static readonly Option<string?> Audience = new("--audience") { Description = "Who the verifier is. Default: not checked." };

    private static readonly Option<DateTimeOffset?> Now = new("--now")
    {
        CustomParser = Moment,
        Description = "The time to verify at: seconds since 1970, or as 2026-01-31T12:00:00Z. Default: the machine's.",
    };

    private static readonly Option<uint> Skew = new("--skew") { HelpName = "SECONDS", Description = "How far clocks may differ. Default: 0." };

    private static readonly Option<string?> Scope = new("--scope")
    {
        Description = "What is to be done; then every constraint must permit it. Default: not checked.",
    };

    private static readonly Option<Dictionary<string, JsonElement>?> Value = new("--value")
    {
        CustomParser = Values,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "KEY=JSON",
        Description = "What the action says of itself, such as amount=20 or currency='\"EUR\"'. May be repeated.",
    };

    private static readonly Option<Dictionary<string, double>?> Lifetime = new("--lifetime-total")
    {
        CustomParser = Totals,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "KEY=NUMBER",
        Description = "What has been used under the last token, this action included. May be repeated.",
    };

    private static readonly Option<Dictionary<string, double>?> Subtree = new("--subtree-total")
    {
        CustomParser = Totals,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "KEY=NUMBER",
        Description = "The same for that token and all below it. May be repeated.",
    };

    private static readonly Option<string?> Holder = new("--holder")
    {
        HelpName = "THUMBPRINT",
        Description = "Of the key (RFC 7638) that the presenter has proven to hold. Default: not checked.",
    };

    private static readonly Option<ChildSigner> SignedBy = new("--children-signed-by")
    {
        CustomParser = Signer,
        HelpName = "issuer|either|delegator",
        Description = "Who signs below the root: the authorization server, the agent that hands on, or either of them. Default: issuer.",
    };

    private static readonly Option<bool> WithoutStatus = new("--without-status")
    {
        Description = "Passes over where tokens say that their status is kept. Else such tokens are refused: this command asks nobody.",
    };

    private static readonly Argument<string[]> Files = new("FILE") { Arity = ArgumentArity.OneOrMore, Description = "One token each, root first." };

    public static Command Create()
    {
        var verify = new Command("verify", "Verifies a delegation chain from its tokens and a key set alone. The last line is the outcome.")
        {
            Jwks, Audience, Now, Skew, Scope, Value, Lifetime, Subtree, Holder, SignedBy, WithoutStatus, Files,
        };
        verify.SetAction(async (parsed, ct) =>
        {
            var streams = parsed.InvocationConfiguration;
            try
            {
                return await VerifyAsync(parsed, streams.Output, streams.Error, ct);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                await streams.Error.WriteLineAsync(unreadable.Message);
                return Unusable;
            }
        });
        return new Command("chain", "Delegation chains.") { verify };
    }

    private static async Task<int> VerifyAsync(ParseResult parsed, TextWriter output, TextWriter errors, CancellationToken ct)
    {
        if (!JsonWebKeySet.TryParse(await ReadAsync(parsed.GetRequiredValue(Jwks), ct), out var keys, out var error))
        {
            await errors.WriteLineAsync(error);
            return Unusable;
        }

        var tokens = new List<string>();
        foreach (var file in parsed.GetRequiredValue(Files))
        {
            tokens.Add((await ReadAsync(file, ct)).Trim());
        }

        var verdict = ChainVerifier.Verify(tokens, Expectations(parsed, keys));
        await output.WriteLineAsync(Describe(verdict));
        return verdict.IsOk ? 0 : Refused;
    }

    private static ChainExpectations Expectations(ParseResult parsed, JsonWebKeySet keys) => new()
    {
        RootKeys = keys,
        ChildSigner = parsed.GetValue(SignedBy),
        Now = parsed.GetValue(Now) ?? TimeProvider.System.GetUtcNow(),
        Skew = TimeSpan.FromSeconds(parsed.GetValue(Skew)),
        Holder = parsed.GetValue(Holder),
        WithoutStatus = parsed.GetValue(WithoutStatus),
        Audience = parsed.GetValue(Audience),
        Scope = parsed.GetValue(Scope),
        Action = new ActionValues
        {
            Stated = parsed.GetValue(Value) ?? [],
            LifetimeTotals = parsed.GetValue(Lifetime) ?? [],
            SubtreeTotals = parsed.GetValue(Subtree) ?? [],
        },
    };

    private static string Describe(ChainVerdict verdict)
    {
        List<string> lines = [.. verdict.Hops.Select(Describe)];
        if (verdict.NotChecked.Count > 0)
        {
            lines.Add($"Not checked: {string.Join(", ", verdict.NotChecked)}.");
        }

        if (verdict.Detail is { } detail)
        {
            lines.Add($"Token {verdict.Hop}: {detail}");
        }

        lines.Add(verdict.Outcome.Name());
        return string.Join(Environment.NewLine, lines);
    }

    // As JSON strings: what a token says reaches the terminal as ASCII, without its control characters.
    private static string Describe(DelegationToken hop) => string.Create(
        CultureInfo.InvariantCulture,
        $"Token {hop.Depth}: {Quote(hop.Agent)} for {Quote(hop.Principal)} until {hop.ExpiresAt:u}, "
        + $"{JsonSerializer.Serialize(hop.Authority.Scopes)}, constraints: {hop.Authority.Constraints.All.Count}");

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static async Task<string> ReadAsync(string path, CancellationToken ct)
    {
        using var file = File.OpenText(path);
        var buffer = new char[LongestFile];
        var length = await file.ReadBlockAsync(buffer, ct);
        return length < LongestFile ? new string(buffer, 0, length) : throw new IOException($"{path} is too long.");
    }

    private static DateTimeOffset? Moment(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds())
        {
            return DateTimeOffset.FromUnixTimeSeconds(seconds);
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment;
        }

        result.AddError($"{text} is not a time.");
        return null;
    }

    private static ChildSigner Signer(ArgumentResult result)
    {
        if (Enum.GetValues<ChildSigner>().FirstOrDefault(signer => result.Tokens[0].Value == Name(signer), (ChildSigner)(-1)) is >= 0 and var named)
        {
            return named;
        }

        result.AddError($"{result.Tokens[0].Value} is not issuer, either or delegator.");
        return default;

        static string Name(ChildSigner signer) => JsonNamingPolicy.CamelCase.ConvertName(signer.ToString());
    }

    private static Dictionary<string, JsonElement> Values(ArgumentResult result) => Pairs(result, text =>
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException) // the parser has no other way to say so
        {
            return default(JsonElement?);
        }
    });

    private static Dictionary<string, double> Totals(ArgumentResult result) =>
        Pairs(result, text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : default(double?));

    private static Dictionary<string, T> Pairs<T>(ArgumentResult result, Func<string, T?> read)
        where T : struct
    {
        var pairs = new Dictionary<string, T>();
        foreach (var token in result.Tokens)
        {
            if (token.Value.Split('=', 2) is not [var key, var text] || read(text) is not { } value || !pairs.TryAdd(key, value))
            {
                result.AddError($"{token.Value} is not KEY=VALUE with a value that can be read, or repeats a key.");
            }
        }

        return pairs;
    }
}
