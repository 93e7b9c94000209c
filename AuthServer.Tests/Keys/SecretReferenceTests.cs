using AuthServer.Keys;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Keys;

public sealed class SecretReferenceTests : IDisposable
{
    private readonly TempFolder _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_plain_value_is_the_secret_itself() => Assert.Equal(("s3cret", null), Read("s3cret"));

    [Fact]
    public void A_file_is_read_relative_to_home_and_without_its_last_line_end()
    {
        Directory.CreateDirectory(_home["secrets"]);
        File.WriteAllText(_home["secrets/db"], "s3cret \r\n");

        Assert.Equal(("s3cret ", null), Read("file:secrets/db"));
        Assert.Equal(("s3cret ", null), Read("file:" + _home["secrets/db"]));
    }

    [Fact]
    public void A_variable_of_the_environment_is_read()
    {
        Environment.SetEnvironmentVariable("AUTHSERVER_TEST_SECRET", "s3cret\n");

        Assert.Equal(("s3cret", null), Read("env:AUTHSERVER_TEST_SECRET"));
    }

    [Theory]
    [InlineData("file:absent", "no such file")]
    [InlineData("file:", "cannot be read")]
    [InlineData("env:AUTHSERVER_TEST_ABSENT", "not set")]
    [InlineData("", "empty")]
    public void What_is_not_there_is_named_in_a_sentence(string reference, string sentence) =>
        Assert.Contains(sentence, Read(reference).Fault, StringComparison.Ordinal);

    [Fact]
    public void An_empty_a_binary_and_a_huge_file_are_refused_without_showing_what_they_hold()
    {
        File.WriteAllText(_home["empty"], "\n");
        File.WriteAllBytes(_home["binary"], [0xC3, 0x28, 0xA0]);
        File.WriteAllText(_home["huge"], new string('s', 100_000));

        Assert.Contains("is empty", Read("file:empty").Fault, StringComparison.Ordinal);
        Assert.Contains("not UTF-8", Read("file:binary").Fault, StringComparison.Ordinal);
        Assert.Contains("larger than", Read("file:huge").Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("ssss", Read("file:huge").Fault, StringComparison.Ordinal);
    }

    private (string? Secret, string? Fault) Read(string value) =>
        SecretReference.TryRead(value, _home.Path, out var secret, out var fault) ? (secret, null) : (null, fault);
}
