using System.Diagnostics;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Configuration;

/// <summary>What a reader of the README sees: the first start in Development, and the commands it prints.</summary>
public sealed class WelcomeTests
{
    [Fact]
    public async Task The_printed_commands_work_when_pasted_into_a_shell()
    {
        await using var server = await ServerProcess.StartAsync();

        var answers = new List<JsonElement>();
        foreach (var command in server.Output.Split('\n').Where(line => line.Contains("curl ", StringComparison.Ordinal)))
        {
            var output = (await CommandResult.OfAsync(new ProcessStartInfo("bash", ["-c", command.Trim()]))).Succeeded();
            answers.Add(JsonDocument.Parse(output).RootElement);
        }

        Assert.Equal(3, answers.Count);
        Assert.Equal("notes.read", answers[0].GetProperty("scope").GetString());
        Assert.Equal("at+jwt", Flows.Header(answers[0].GetProperty("access_token").GetString()!).GetProperty("typ").GetString());
        Assert.True(answers[1].GetProperty("active").GetBoolean(), answers[1].ToString());
        Assert.Equal(server.Issuer, answers[2].GetProperty("issuer").GetString());
    }

    [Fact]
    public async Task The_printed_demo_person_can_sign_in()
    {
        await using var server = await ServerProcess.StartAsync();
        var words = server.Output.Split('\n').Single(line => line.Contains("Demo person", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (email, password) = (words[Array.IndexOf(words, "person") + 1], words[Array.IndexOf(words, "password") + 1]);

        using var browser = new TestBrowser(server.Address);
        await browser.GoAsync("/sign-in");
        await browser.SignInAsync(email, password);
        await browser.GoAsync("/account");

        Assert.Equal("/account", browser.Address.AbsolutePath);
        Assert.Contains(email, browser.Text, StringComparison.Ordinal);
    }
}
