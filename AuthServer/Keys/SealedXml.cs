using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Keys;

/// <summary>Seals the data-protection keys on their way to the disk.</summary>
internal sealed class SealedXmlEncryptor(MasterKey master) : IXmlEncryptor
{
    internal const string Identity = "data-protection-key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var clear = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        try
        {
            return new EncryptedXmlInfo(new XElement("sealed", Convert.ToBase64String(master.Seal(clear, Identity))), typeof(SealedXmlDecryptor));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }
}

/// <summary>Made by the framework, which finds its name beside each sealed key.</summary>
internal sealed class SealedXmlDecryptor : IXmlDecryptor
{
    private readonly MasterKey _master;

    public SealedXmlDecryptor(IServiceProvider services) => _master = services.GetRequiredService<MasterKey>();

    public XElement Decrypt(XElement encryptedElement)
    {
        var clear = _master.Open(Convert.FromBase64String(encryptedElement.Value), SealedXmlEncryptor.Identity);
        try
        {
            using var reader = new MemoryStream(clear, writable: false);
            return XElement.Load(reader);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(clear);
        }
    }
}
