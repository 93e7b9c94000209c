using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Bench.Servers;

/// <summary>The yardstick: Kestrel with nothing behind it, once with a small JSON answer, once signing an ES256 JWT for each.</summary>
internal static class BareServer
{
    public const string Json = "/json";
    public const string Signed = "/signed";

    private const int SignatureLength = 64;

    private static readonly byte[] Header = Encoding.ASCII.GetBytes(Base64Url.EncodeToString("""{"alg":"ES256","typ":"at+jwt","kid":"bare"}"""u8));
    private static readonly ThreadLocal<ECDsa> Keys = new(() => ECDsa.Create(ECCurve.NamedCurves.nistP256));
    private static readonly byte[] Small = """{"status":"ok","service":"bare","version":1}"""u8.ToArray();

    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ListenLocalhost(port);
        });
        await using var app = builder.Build();
        app.Run(context => WriteAsync(context.Response, context.Request.Path == Signed ? SignedAnswer() : Small));
        await app.RunAsync();
    }

    private static Task WriteAsync(HttpResponse response, byte[] body)
    {
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }

    /// <summary>Claims of the usual number and length, a new <c>jti</c> each time.</summary>
    private static byte[] SignedAnswer()
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = "http://localhost:5080",
            sub = "bench-machine",
            aud = "https://api.bench.test",
            client_id = "bench-machine",
            scope = "bench.read",
            jti = Guid.NewGuid(),
            iat = now,
            exp = now + 900,
        });
        var answer = new byte[1024];
        var length = Append(answer, 0, "{\"access_token\":\""u8);
        var start = length;
        length = Append(answer, length, Header);
        answer[length++] = (byte)'.';
        length += Base64Url.EncodeToUtf8(claims, answer.AsSpan(length));
        Span<byte> signature = stackalloc byte[SignatureLength];
        Keys.Value!.SignData(answer.AsSpan(start, length - start), signature, HashAlgorithmName.SHA256);
        answer[length++] = (byte)'.';
        length += Base64Url.EncodeToUtf8(signature, answer.AsSpan(length));
        length = Append(answer, length, "\",\"token_type\":\"Bearer\",\"expires_in\":900}"u8);
        return answer[..length];
    }

    private static int Append(byte[] destination, int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(destination.AsSpan(at));
        return at + part.Length;
    }
}
