using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuthServer.Bench.Requests;
using Microsoft.Data.Sqlite;

namespace AuthServer.Bench;

/// <summary>What must hold for every token that was answered, checked after the load.</summary>
internal static class Checks
{
    /// <summary>Each answered <c>jti</c> is new, and is the id of an event in the trail on the disk. Null: all are.</summary>
    public static string? Trail(string database, IReadOnlyList<IssuedTokens> issued)
    {
        // The server's own module initializer decides which SQLite library is used.
        RuntimeHelpers.RunModuleConstructor(typeof(AuthServerOptions).Module.ModuleHandle);
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var find = connection.CreateCommand();
        find.CommandText = """SELECT COUNT(*) FROM "AuditEvents" WHERE "Id" = $id AND "Type" = 'token.issued'""";
        var parameter = find.Parameters.Add("$id", SqliteType.Text);
        var seen = new HashSet<string>();
        long missing = 0, repeated = 0;
        using var transaction = connection.BeginTransaction(deferred: true);
        find.Transaction = transaction;
        foreach (var id in issued.SelectMany(tokens => tokens.Ids()))
        {
            parameter.Value = id;
            repeated += seen.Add(id) ? 0 : 1;
            missing += (long)find.ExecuteScalar()! == 1 ? 0 : 1;
        }

        return missing + repeated == 0 ? null : $"{missing} of {seen.Count} answered tokens are not in the trail, {repeated} have the id of another.";
    }

    /// <summary>A sample of the tokens carries an ES256 signature by a published key. Null: all do.</summary>
    public static async Task<string?> SignaturesAsync(Uri jwks, IReadOnlyList<IssuedTokens> issued)
    {
        using var http = new HttpClient();
        using var document = JsonDocument.Parse(await http.GetStringAsync(jwks));
        var keys = document.RootElement.GetProperty("keys").EnumerateArray()
            .Where(key => key.GetProperty("kty").GetString() == "EC")
            .ToDictionary(key => key.GetProperty("kid").GetString()!, PublicKey);
        var wrong = issued.SelectMany(tokens => tokens.Sample).Count(token => !IsSigned(token, keys));
        return wrong == 0 ? null : $"{wrong} sampled tokens are not signed with ES256 by a published key.";
    }

    private static ECDsa PublicKey(JsonElement key) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = { X = Base64Url.DecodeFromChars(key.GetProperty("x").GetString()), Y = Base64Url.DecodeFromChars(key.GetProperty("y").GetString()) },
    });

    private static bool IsSigned(string token, Dictionary<string, ECDsa> keys)
    {
        var parts = token.Split('.');
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        return header.RootElement.GetProperty("alg").GetString() == "ES256"
            && keys.TryGetValue(header.RootElement.GetProperty("kid").GetString()!, out var key)
            && key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256);
    }
}
