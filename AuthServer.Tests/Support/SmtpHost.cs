using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MimeKit;

namespace AuthServer.Tests.Support;

/// <summary>Somebody's mail server: speaks SMTP (RFC 5321) with STARTTLS or TLS and AUTH on loopback, keeps what it takes, and refuses what a test says.</summary>
public sealed class SmtpHost : IAsyncDisposable
{
    public const string User = "authserver";
    public const string Password = "the-password-of-the-mail-server";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<MimeMessage> _mails = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly X509Certificate2 _certificate;
    private readonly bool _tls;
    private readonly Task _accepting;

    private SmtpHost(bool tls, string name)
    {
        (_tls, _certificate) = (tls, NewCertificate(name));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whoever trusts this trusts the server.</summary>
    public string Authority => _certificate.ExportCertificatePem();

    public IReadOnlyList<MimeMessage> Mails => [.. _mails];

    /// <summary>What clients said, outside TLS and inside; nothing of a mail's own lines.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    public int Connections { get; private set; }

    /// <summary>Whether it offers to go on with TLS.</summary>
    public bool OffersTls { get; set; } = true;

    /// <summary>What it answers a recipient; null: it takes them.</summary>
    public Func<string, string?> AnswerTo { get; set; } = _ => null;

    /// <summary>It takes a mail, and the line is cut before it can say so.</summary>
    public bool HangsUpAfterData { get; set; }

    public static SmtpHost Start(bool tls = false, string name = "localhost") => new(tls, name);

    /// <summary>The settings of an AuthServer that sends by it.</summary>
    public (string Key, string Value)[] Settings =>
    [
        ("AuthServer:Mail:Host", "localhost"),
        ("AuthServer:Mail:Port", Port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("AuthServer:Mail:Security", _tls ? "Tls" : "StartTls"),
        ("AuthServer:Mail:User", User),
        ("AuthServer:Mail:Password", Password),
        ("AuthServer:Mail:From", "auth@server.example"),
        ("AuthServer:Mail:FromName", "Acme sign-in"),
        ("AuthServer:Mail:Authorities", Authority),
    ];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Connections++;
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (_tls)
                {
                    stream = await SecureAsync(stream);
                }

                await TalkAsync(stream);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away, or did not like the certificate.
            }
        }
    }

    private async Task<Stream> SecureAsync(Stream plain)
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
        return secure;
    }

    private async Task TalkAsync(Stream stream)
    {
        var (secure, signedIn) = (_tls, false);
        await SayAsync(stream, "220 mail.example ESMTP");
        while (await ReadLineAsync(stream) is { } line)
        {
            _lines.Enqueue((secure ? "secure " : "plain ") + line);
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(stream, "250-mail.example\r\n250-8BITMIME\r\n250-SMTPUTF8" + (secure || !OffersTls ? "" : "\r\n250-STARTTLS") + (secure ? "\r\n250-AUTH PLAIN" : "") + "\r\n250 SIZE 1000000");
                    break;
                case "STARTTLS" when OffersTls && !secure:
                    await SayAsync(stream, "220 go ahead");
                    (stream, secure) = (await SecureAsync(stream), true);
                    break;
                case "AUTH" when secure:
                    signedIn = await SignInAsync(stream, line);
                    break;
                case "MAIL":
                    await SayAsync(stream, signedIn ? "250 ok" : "530 sign in first");
                    break;
                case "RCPT":
                    await SayAsync(stream, AnswerTo(line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]) ?? "250 ok");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go on");
                    _mails.Enqueue(await ReadMailAsync(stream));
                    if (HangsUpAfterData)
                    {
                        return;
                    }

                    await SayAsync(stream, "250 taken");
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, verb is "RSET" or "NOOP" ? "250 ok" : "502 unknown");
                    break;
            }
        }
    }

    private async Task<bool> SignInAsync(Stream stream, string line)
    {
        if (line.Split(' ') is not [_, _, var sent])
        {
            await SayAsync(stream, "334 ");
            sent = await ReadLineAsync(stream) ?? "";
        }

        var signedIn = Encoding.UTF8.GetString(Convert.FromBase64String(sent)) == $"\0{User}\0{Password}";
        await SayAsync(stream, signedIn ? "235 welcome" : "535 no");
        return signedIn;
    }

    private async Task<MimeMessage> ReadMailAsync(Stream stream)
    {
        using var mail = new MemoryStream();
        while (await ReadLineAsync(stream) is { } line && line != ".")
        {
            mail.Write(Encoding.UTF8.GetBytes((line.StartsWith('.') ? line[1..] : line) + "\r\n"));
        }

        mail.Position = 0;
        return await MimeMessage.LoadAsync(mail);
    }

    private async Task SayAsync(Stream stream, string line) => await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), _stopping.Token);

    private async Task<string?> ReadLineAsync(Stream stream)
    {
        var (line, one) = (new List<byte>(), new byte[1]);
        while (await stream.ReadAsync(one, _stopping.Token) == 1)
        {
            if (one[0] == (byte)'\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }

    private static X509Certificate2 NewCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
