using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace AuthServer.Mail;

/// <summary>A connection to the mail server, opened for the first mail and kept for those after it. What goes wrong is told as one of <see cref="MailFailures"/>.</summary>
internal sealed class MailConnection : IDisposable
{
    private const int MillisecondsOfPatience = 30_000;

    private readonly MailServer _server;
    private readonly SmtpClient _client;

    public MailConnection(MailServer server)
    {
        _server = server;
        _client = new SmtpClient
        {
            Timeout = MillisecondsOfPatience,

            // As everywhere in .NET: a server that may reach its mail server alone could look up no revocation.
            CheckCertificateRevocation = false,
        };
        if (server.Authorities is { } authorities)
        {
            _client.ServerCertificateValidationCallback = (_, certificate, _, errors) => IsVouchedFor(certificate, errors, authorities);
        }
    }

    /// <summary>Null: it was taken.</summary>
    public async Task<MailFailure?> SendAsync(MimeMessage message, CancellationToken ct)
    {
        try
        {
            await OpenAsync(ct);
            await _client.SendAsync(message, ct);
            return null;
        }
        catch (SmtpCommandException e) when (e.ErrorCode == SmtpErrorCode.SenderNotAccepted)
        {
            return new MailFailure(MailFailures.Sender, OfAll: true);
        }
        catch (SmtpCommandException e)
        {
            // RFC 5321 §4.2.1: 5yz is for good, 4yz for now.
            return new MailFailure((int)e.StatusCode >= 500 ? MailFailures.Refused : MailFailures.Busy, OfAll: e.ErrorCode == SmtpErrorCode.UnexpectedStatusCode);
        }
        catch (Exception e) when (e is AuthenticationException or ServiceNotAuthenticatedException)
        {
            return new MailFailure(MailFailures.SignIn, OfAll: true);
        }
        catch (Exception e) when (e is SslHandshakeException or NotSupportedException or System.Security.Authentication.AuthenticationException)
        {
            // No STARTTLS is the second, and the letters of an address that the server has no words for.
            return e is NotSupportedException && _client.IsSecure ? new MailFailure(MailFailures.Refused, OfAll: false) : new MailFailure(MailFailures.Insecure, OfAll: true);
        }
        catch (Exception e) when (e is IOException or SocketException or ProtocolException or TimeoutException or ServiceNotConnectedException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return new MailFailure(MailFailures.Unreachable, OfAll: true);
        }
    }

    public async Task CloseAsync(CancellationToken ct)
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync(true, ct);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task OpenAsync(CancellationToken ct)
    {
        if (_client.IsConnected)
        {
            return;
        }

        await _client.ConnectAsync(_server.Host, _server.Port, _server.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.StartTls => SecureSocketOptions.StartTls, // and never "when available": whoever sits between could take the offer away
            _ => SecureSocketOptions.None,
        }, ct);
        if (_server.User is { } user)
        {
            await _client.AuthenticateAsync(user, _server.Password!, ct);
        }
    }

    /// <summary>By these authorities alone, and for the name that was called.</summary>
    private static bool IsVouchedFor(X509Certificate? certificate, SslPolicyErrors errors, string authorities)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(authorities);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // of a server
        using var shown = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(shown);
    }
}

/// <summary>Why a mail was not taken.</summary>
/// <param name="Reason">One of <see cref="MailFailures"/>.</param>
/// <param name="OfAll">The next one would fare no better.</param>
internal sealed record MailFailure(string Reason, bool OfAll);
