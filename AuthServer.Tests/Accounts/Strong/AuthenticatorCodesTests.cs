using System.Text;
using AuthServer.Accounts.Strong;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Accounts.Strong;

/// <summary>Codes of authenticator apps, against RFC 6238's own examples, and how recovery codes are read.</summary>
public sealed class AuthenticatorCodesTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    // RFC 6238 appendix B; of its eight digits an app shows the last six.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void The_examples_of_the_standard_hold(long seconds, string code)
    {
        Assert.Equal(seconds / 30, AuthenticatorCodes.StepOf(Secret, code, 0, DateTimeOffset.FromUnixTimeSeconds(seconds)));
        Assert.Equal(code, TestAuthenticator.CodeOf(Secret, seconds / 30));
    }

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void One_step_to_either_side_is_accepted(int steps, bool accepted)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1111111111);
        var step = 1111111111 / 30;

        Assert.Equal(accepted ? step + steps : null, AuthenticatorCodes.StepOf(Secret, TestAuthenticator.CodeOf(Secret, step + steps), 0, now));
    }

    [Fact]
    public void A_step_and_all_before_it_are_used_up()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1111111111);
        var step = 1111111111 / 30;

        Assert.Null(AuthenticatorCodes.StepOf(Secret, TestAuthenticator.CodeOf(Secret, step), step, now));
        Assert.Null(AuthenticatorCodes.StepOf(Secret, TestAuthenticator.CodeOf(Secret, step - 1), step, now));
        Assert.Equal(step + 1, AuthenticatorCodes.StepOf(Secret, TestAuthenticator.CodeOf(Secret, step + 1), step, now));
    }

    [Theory]
    [InlineData("123456", "123456")]
    [InlineData(" 123 456 ", "123456")]
    [InlineData("12345", null)]
    [InlineData("1234567", null)]
    [InlineData("१२३४५६", null)]
    [InlineData("", null)]
    public void Only_six_digits_are_a_code(string typed, string? code) => Assert.Equal(code, AuthenticatorCodes.Read(typed));

    [Theory]
    [InlineData("0123-4567-89ab-cdef", "0123456789abcdef")]
    [InlineData("OI23 4567 89AB CDEF", "0123456789abcdef")]
    [InlineData("0123-4567-89ab-cde", null)]
    [InlineData("0123-4567-89ab-cdeu", null)]
    [InlineData("<script>alert(1)</s", null)]
    public void Recovery_codes_are_read_as_people_copy_them(string typed, string? code) => Assert.Equal(code, RecoveryCodes.Read(typed));

    [Fact]
    public void Ten_recovery_codes_are_ten_different_ones()
    {
        var codes = RecoveryCodes.New();

        Assert.Equal(RecoveryCodes.Count, codes.Distinct().Count());
        Assert.All(codes, code => Assert.Matches("^([0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}$", code));
    }

    [Fact]
    public void The_address_for_apps_escapes_what_people_are_called() => Assert.Equal(
        "otpauth://totp/id.example%3A8443:a%26b%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=id.example%3A8443",
        AuthenticatorCodes.AddressOf(Secret, "id.example:8443", "a&b@example.com"));
}
