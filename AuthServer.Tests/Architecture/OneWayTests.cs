using System.Text.RegularExpressions;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Architecture;

/// <summary>Data flows one way: endpoints and pages call feature rooms, feature rooms call Protocol and Jose, Data implements Protocol/State.</summary>
public sealed partial class OneWayTests
{
    [Theory]
    [InlineData("Protocol")]
    [InlineData("Jose")]
    [InlineData("Policies/Engine")]
    [InlineData("Languages")]
    [InlineData("Charts")]
    public void Pure_rooms_import_nothing_of_ours_and_nothing_of_AspNet_or_EF(string room)
    {
        var own = room.Replace('/', '.');
        foreach (var file in SourceTree.Files("AuthServer", room))
        {
            var code = file.Code;
            Assert.DoesNotContain("Microsoft.AspNetCore", code, StringComparison.Ordinal);
            Assert.DoesNotContain("Microsoft.EntityFrameworkCore", code, StringComparison.Ordinal);
            Assert.DoesNotContain("Microsoft.Extensions", code, StringComparison.Ordinal);
            Assert.All(
                OwnNamespaces().Matches(code).Select(match => match.Groups[1].Value).Where(name => !IsAsPure(file.Path, name)),
                name => Assert.StartsWith(own + ".", name + ".", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("Protocol")]
    [InlineData("Jose")]
    [InlineData("Policies/Engine")]
    [InlineData("Languages")]
    [InlineData("Charts")]
    public void Pure_rooms_have_no_clock(string room) =>
        Assert.All(SourceTree.Files("AuthServer", room), file => Assert.DoesNotMatch(Clocks(), file.Code));

    [Fact]
    public void Nobody_reads_the_machines_clock() =>
        Assert.All(SourceTree.Files("AuthServer"), file => Assert.DoesNotMatch(WallClock(), file.Code));

    [Theory]
    [InlineData("Accounts")]
    [InlineData("Administration")]
    [InlineData("Agents")]
    [InlineData("Applications")]
    [InlineData("Approvals")]
    [InlineData("Audit")]
    [InlineData("Branding")]
    [InlineData("Consents")]
    [InlineData("Data")]
    [InlineData("Docs")]
    [InlineData("Figures")]
    [InlineData("Http")]
    [InlineData("Keys")]
    [InlineData("Mail")]
    [InlineData("Organizations")]
    [InlineData("Outbound")]
    [InlineData("Policies")]
    [InlineData("Scopes")]
    [InlineData("SetUp")]
    [InlineData("Webhooks")]
    public void Rooms_below_the_endpoints_do_not_know_them(string room) =>
        Assert.All(SourceTree.Files("AuthServer", room), file =>
        {
            Assert.DoesNotContain("using AuthServer.Endpoints", file.Code, StringComparison.Ordinal);
            Assert.DoesNotContain("using AuthServer.Pages", file.Code, StringComparison.Ordinal);
        });

    [Fact]
    public void Feature_classes_return_values_and_never_results_of_AspNet() =>
        Assert.All(SourceTree.Files("AuthServer").Where(file => !file.Path.Contains("/Http/", StringComparison.Ordinal)), file => Assert.DoesNotMatch(AspNetResults(), file.Code));

    // A bound token that is verified without its proof is taken as a bearer token. The others tell or end tokens, or hold them to the proof themselves.
    [Fact]
    public void Who_accepts_a_token_sees_its_proof_too() => Assert.Equal(
        ["PresentedTokens", "Redemption", "TokenChains", "TokenIntrospection", "TokenRevocation", "TokenVerification"],
        SourceTree.Files("AuthServer").Where(file => Verifies().IsMatch(file.Code)).Select(file => Path.GetFileNameWithoutExtension(file.Path)).Order(StringComparer.Ordinal));

    [Fact]
    public void Only_the_data_room_changes_rows_without_a_context() =>
        Assert.All(
            SourceTree.Files("AuthServer").Where(file => !file.Path.Contains("/Data/", StringComparison.Ordinal)),
            file => Assert.DoesNotMatch(DirectChanges(), file.Code));

    [Fact]
    public void The_verification_of_the_trail_is_pure() =>
        Assert.All(SourceTree.Files("AuthServer", "Audit", "Chain"), file =>
        {
            Assert.DoesNotContain("using Microsoft", file.Code, StringComparison.Ordinal);
            Assert.DoesNotMatch(Clocks(), file.Code);
            Assert.All(OwnNamespaces().Matches(file.Code), match => Assert.Contains(match.Groups[1].Value, new[] { "Audit.Chain", "Jose" }));
        });

    [Fact]
    public void One_file_takes_events_out_of_the_trail_and_no_other_changes_them() =>
        Assert.All(
            SourceTree.Files("AuthServer").Where(file => !file.Path.EndsWith("/Data/AuditErasure.cs", StringComparison.Ordinal)),
            file => Assert.DoesNotMatch(TrailChanges(), file.Code));

    [Fact]
    public void Folder_and_namespace_are_one() =>
        Assert.All(SourceTree.Files("AuthServer").Where(file => !file.Path.EndsWith("Program.cs", StringComparison.Ordinal)), file =>
        {
            var folder = Path.GetDirectoryName(file.Path)!.Replace('/', '.');
            Assert.Contains($"namespace {folder};", file.Code, StringComparison.Ordinal);
        });

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.All(SourceTree.Files("AuthServer"), file => Assert.True(file.Code.Count(c => c == '\n') <= 400, file.Path));

    // The rules of a delegation chain are about signed octets, and the engine says why in sentences that a page translates: Jose and Languages are as pure.
    private static bool IsAsPure(string path, string name) =>
        (name == "Jose" && path.StartsWith("AuthServer/Protocol/Delegation/", StringComparison.Ordinal))
        || (name == "Languages" && path.StartsWith("AuthServer/Policies/Engine/", StringComparison.Ordinal));

    [GeneratedRegex(@"\bAuthServer\.([A-Z]\w+(\.[A-Z]\w+)*)")]
    private static partial Regex OwnNamespaces();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|TimeProvider|Stopwatch|Environment\.TickCount")]
    private static partial Regex Clocks();

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Environment\.TickCount|Thread\.Sleep")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\bIResult\b|\bTypedResults\b|\bResults\.(Ok|Json|Problem)")]
    private static partial Regex AspNetResults();

    [GeneratedRegex(@"(UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE|DROP TABLE) ""AuditEvents""|AuditEvents\s*\.\s*(Remove|Update|Attach|Execute)")]
    private static partial Regex TrailChanges();

    [GeneratedRegex(@"\bAccessTokens \w+[,)]|<AccessTokens>\(\)\.")]
    private static partial Regex Verifies();

    [GeneratedRegex(@"ExecuteUpdate|ExecuteDelete|ExecuteSql|FromSql")]
    private static partial Regex DirectChanges();
}
