using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Keys;

namespace AuthServer.Mail;

/// <summary>What is wrong with the settings of mail, each fault with its key.</summary>
public static class MailSettingsCheck
{
    private const int StartTlsPort = 587;
    private const int TlsPort = 465;
    private const int LongestName = 100;

    private static readonly TimeSpan ShortestKept = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestKept = TimeSpan.FromDays(365);

    /// <param name="home">What relative paths of secrets are relative to.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static MailSettings Read(MailOptions mail, string home, List<string> faults)
    {
        if (mail.Kept < ShortestKept || mail.Kept > LongestKept)
        {
            faults.Add("AuthServer:Mail:Kept must lie between one and 365 days.");
        }

        return new MailSettings(string.IsNullOrEmpty(mail.Host) ? WithoutServer(mail, faults) : ReadServer(mail, mail.Host, home, faults), mail.Kept);
    }

    // Settings without a host are a host that was forgotten.
    private static MailServer? WithoutServer(MailOptions mail, List<string> faults)
    {
        if (!string.IsNullOrEmpty(mail.User) || !string.IsNullOrEmpty(mail.Password) || !string.IsNullOrEmpty(mail.From))
        {
            faults.Add("AuthServer:Mail:Host is missing, though other settings of mail are there.");
        }

        return null;
    }

    private static MailServer ReadServer(MailOptions mail, string host, string home, List<string> faults)
    {
        var from = EmailAddress.Read(mail.From);
        var security = mail.Security ?? (mail.Port == TlsPort ? MailSecurity.Tls : MailSecurity.StartTls);
        var port = mail.Port ?? (security == MailSecurity.Tls ? TlsPort : StartTlsPort);
        var name = string.IsNullOrWhiteSpace(mail.FromName) ? "AuthServer" : mail.FromName.Trim();
        Require(Uri.CheckHostName(host) != UriHostNameType.Unknown, $"AuthServer:Mail:Host '{host}' is no host name or address.");
        Require(port is > 0 and <= IPEndPoint.MaxPort, "AuthServer:Mail:Port must lie between 1 and 65535.");
        Require(Enum.IsDefined(security), $"AuthServer:Mail:Security is not one of {string.Join(", ", Enum.GetNames<MailSecurity>())}.");
        Require(security != MailSecurity.None || IsLoopback(host), "AuthServer:Mail:Security may be None for a mail server on this machine only (localhost).");
        Require(from is not null, "AuthServer:Mail:From must be an e-mail address: whom mail is from.");
        Require(VisibleText.IsLine(name, LongestName), $"AuthServer:Mail:FromName must be one line of at most {LongestName} characters.");
        Require(string.IsNullOrEmpty(mail.User) == string.IsNullOrEmpty(mail.Password), "AuthServer:Mail needs both User and Password, or neither.");
        return new MailServer
        {
            Host = host,
            Port = port,
            Security = security,
            User = string.IsNullOrEmpty(mail.User) ? null : mail.User,
            Password = ReadSecret(nameof(mail.Password), mail.Password),
            From = from ?? "",
            FromName = name,
            Authorities = ReadAuthorities(ReadSecret(nameof(mail.Authorities), mail.Authorities)),
        };

        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }

        string? ReadSecret(string key, string? value)
        {
            if (string.IsNullOrEmpty(value))
            {
                return null;
            }

            if (!SecretReference.TryRead(value, home, out var secret, out var fault))
            {
                faults.Add($"AuthServer:Mail:{key}: {fault}");
            }

            return secret;
        }

        string? ReadAuthorities(string? pem)
        {
            Require(pem is null || HoldsCertificate(pem), "AuthServer:Mail:Authorities holds no certificate as PEM.");
            return pem;
        }
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static bool HoldsCertificate(string pem)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            return found.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
