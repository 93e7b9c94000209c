using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuthServer.Tests.Support;

/// <summary>A program that keeps a certificate's private key and signs with it, by the platform's own RSA.</summary>
public sealed class CertificateSide(TestServer server, OrganizationSide organization, JsonElement certificate)
{
    public string Id => certificate.GetProperty("id").GetString()!;

    public string KeyId => certificate.GetProperty("kid").GetString()!;

    public static async Task<CertificateSide> CreateAsync(TestServer server, OrganizationSide organization, object? body = null) =>
        new(server, organization, await organization.AskAsync(HttpMethod.Post, "/certificates", body ?? new { name = "Production API Key" }, HttpStatusCode.Created));

    /// <summary>A JWT for this server; claims and header members may be replaced, and left out with null.</summary>
    public string Sign(JsonObject? claims = null, JsonObject? header = null)
    {
        var now = server.Clock.Now.ToUnixTimeSeconds();
        var payload = Merge(new JsonObject { ["iss"] = organization.Id, ["sub"] = organization.Id, ["aud"] = server.Issuer, ["iat"] = now, ["exp"] = now + 600 }, claims);
        var input = $"{Encode(Merge(new JsonObject { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = KeyId }, header))}.{Encode(payload)}";
        using var rsa = RSA.Create();
        rsa.ImportFromPem(certificate.GetProperty("privateKey").GetString());
        return $"{input}.{Base64Url.EncodeToString(rsa.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public async Task<RestAnswer> AskAsync(string token, string path = "/api/v1/developers/me", HttpMethod? method = null, string scheme = "Bearer", object? body = null)
    {
        using var http = server.CreateClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {token}");
        request.Content = body is null ? null : JsonContent.Create(body);
        return await RestAnswer.ReadAsync(await http.SendAsync(request));
    }

    private static JsonObject Merge(JsonObject all, JsonObject? replaced)
    {
        foreach (var (name, value) in replaced ?? [])
        {
            if (value is null)
            {
                all.Remove(name);
            }
            else
            {
                all[name] = value.DeepClone();
            }
        }

        return all;
    }

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
