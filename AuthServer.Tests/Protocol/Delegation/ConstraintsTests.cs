using System.Text.Json;
using AuthServer.Protocol.Delegation;

namespace AuthServer.Tests.Protocol.Delegation;

public sealed class ConstraintsTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[7]")]
    [InlineData("[{}]")]
    [InlineData("""[{"key":"a"}]""")]
    [InlineData("""[{"max":1}]""")]
    [InlineData("""[{"key":"","max":1}]""")]
    [InlineData("""[{"key":7,"max":1}]""")]
    [InlineData("""[{"key":"a","max":"1"}]""")]
    [InlineData("""[{"key":"a","min":null}]""")]
    [InlineData("""[{"key":"a","max_lifetime":[1]}]""")]
    [InlineData("""[{"key":"a","max_subtree":true}]""")]
    [InlineData("""[{"key":"a","budget":"5"}]""")]
    [InlineData("""[{"key":"a","budget":-1}]""")]
    [InlineData("""[{"key":"a","budget":{"max":-1}}]""")]
    [InlineData("""[{"key":"a","budget":{"currency":"EUR"}}]""")]
    [InlineData("""[{"key":"a","budget":{"max":1,"window_seconds":0}}]""")]
    [InlineData("""[{"key":"a","budget":{"max":1,"per":"day"}}]""")]
    [InlineData("""[{"key":"a","max":9007199254740992}]""")]
    [InlineData("""[{"key":"a","max":1e999}]""")]
    [InlineData("""[{"key":"a","max":1,"max":2}]""")]
    [InlineData("""[{"key":"a","key":"b","max":1}]""")]
    [InlineData("""[{"key":"a","max":1,"min":0}]""")]
    [InlineData("""[{"key":"a","max":1,"note":"x"}]""")]
    [InlineData("""[{"key":"a","max":1,"order":["x","y"]}]""")]
    [InlineData("""[{"key":"a","one_of":"x"}]""")]
    [InlineData("""[{"key":"a","not_one_of":{}}]""")]
    [InlineData("""[{"key":"a","prefix":7}]""")]
    [InlineData("""[{"key":"a","prefix":"\ud800"}]""")]
    [InlineData("""[{"key":"a","rank":"x"}]""")]
    [InlineData("""[{"key":"a","rank":"x","order":["x"]}]""")]
    [InlineData("""[{"key":"a","rank":"x","order":["x","x"]}]""")]
    [InlineData("""[{"key":"a","rank":"z","order":["x","y"]}]""")]
    [InlineData("""[{"key":"a","rank":"x","order":["x",7]}]""")]
    [InlineData("""[{"key":"a","rank":7,"order":["x","y"]}]""")]
    [InlineData("""[{"key":"a","max":1},{"key":"a","max":1}]""")]
    public void What_is_malformed_is_refused_with_a_sentence(string json)
    {
        Assert.False(Constraints.TryRead(JsonElement.Parse(json), out var constraints, out var fault));
        Assert.Null(constraints);
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_and_texts_are_bounded()
    {
        static bool Reads(int count, int length) => Constraints.TryRead(
            JsonSerializer.SerializeToElement(Enumerable.Range(0, count).Select(i => new { key = $"{i}", prefix = new string('x', length) })), out _, out _);

        Assert.True(Reads(Constraints.MaxCount, 1));
        Assert.False(Reads(Constraints.MaxCount + 1, 1));
        Assert.True(Reads(1, Constraint.MaxLength - 24));
        Assert.False(Reads(1, Constraint.MaxLength));
    }

    [Fact]
    public void What_was_read_outlives_its_document_and_is_written_as_it_was_meant()
    {
        Constraints constraints;
        using (var document = JsonDocument.Parse("""[{"max":1.0,"key":"a"},{"key":"a","min":-0.5},{"order":["x","y"],"rank":"y","key":"b"},{"key":"c","later":{"z":1,"a":2}}]"""))
        {
            Assert.True(Constraints.TryRead(document.RootElement, out constraints!, out _));
        }

        Assert.Equal("""[{"key":"a","max":1},{"key":"a","min":-0.5},{"key":"b","order":["x","y"],"rank":"y"},{"key":"c","later":{"a":2,"z":1}}]""", constraints.ToString());
        Assert.Equal([("a", "max", true), ("a", "min", true), ("b", "rank", true), ("c", "later", false)], constraints.All.Select(one => (one.Key, one.Type, one.IsKnown)));
        Assert.Equal("later", constraints.Unknown?.Type);
    }

    [Theory]
    [InlineData("""{"key":"a","max":5}""", """{"key":"a","max":5}""", true)]
    [InlineData("""{"key":"a","max":5}""", """{"key":"a","max":5.1}""", false)]
    [InlineData("""{"key":"a","max":5}""", """{"key":"b","max":1}""", false)]
    [InlineData("""{"key":"a","max":5}""", """{"key":"a","max_lifetime":1}""", false)]
    [InlineData("""{"key":"a","max_lifetime":5}""", """{"key":"a","max":1}""", false)]
    [InlineData("""{"key":"a","max":5}""", """{"key":"a","one_of":[1]}""", false)]
    [InlineData("""{"key":"a","max_subtree":5}""", """{"key":"a","max_subtree":4}""", true)]
    [InlineData("""{"key":"a","budget":5}""", """{"key":"a","budget":{"max":5,"currency":"EUR"}}""", true)]
    [InlineData("""{"key":"a","budget":5}""", """{"key":"a","budget":{"max":5,"window_seconds":60}}""", false)]
    [InlineData("""{"key":"a","budget":{"max":5,"window_seconds":60}}""", """{"key":"a","budget":{"max":4,"window_seconds":61}}""", true)]
    [InlineData("""{"key":"a","budget":{"max":5,"currency":"EUR"}}""", """{"key":"a","budget":4}""", false)]
    [InlineData("""{"key":"a","min":5}""", """{"key":"a","min":6}""", true)]
    [InlineData("""{"key":"a","min":5}""", """{"key":"a","min":4}""", false)]
    [InlineData("""{"key":"a","one_of":[1,"1"]}""", """{"key":"a","one_of":["1"]}""", true)]
    [InlineData("""{"key":"a","one_of":[1.0]}""", """{"key":"a","one_of":[1,1]}""", true)]
    [InlineData("""{"key":"a","one_of":[1]}""", """{"key":"a","one_of":["1"]}""", false)]
    [InlineData("""{"key":"a","one_of":[1]}""", """{"key":"a","one_of":[]}""", true)]
    [InlineData("""{"key":"a","one_of":[{"x":1,"y":2}]}""", """{"key":"a","one_of":[{"y":2,"x":1}]}""", true)]
    [InlineData("""{"key":"a","not_one_of":["x"]}""", """{"key":"a","not_one_of":["x","y"]}""", true)]
    [InlineData("""{"key":"a","not_one_of":["x"]}""", """{"key":"a","not_one_of":[]}""", false)]
    [InlineData("""{"key":"a","not_one_of":[]}""", """{"key":"b","max":1}""", false)]
    [InlineData("""{"key":"a","prefix":"/x"}""", """{"key":"a","prefix":"/x/y"}""", true)]
    [InlineData("""{"key":"a","prefix":"/x"}""", """{"key":"a","prefix":"/"}""", false)]
    [InlineData("""{"key":"a","rank":"y","order":["x","y","z"]}""", """{"key":"a","rank":"x","order":["x","y","z"]}""", true)]
    [InlineData("""{"key":"a","rank":"y","order":["x","y","z"]}""", """{"key":"a","rank":"z","order":["x","y","z"]}""", false)]
    [InlineData("""{"key":"a","rank":"y","order":["x","y","z"]}""", """{"key":"a","rank":"x","order":["x","y"]}""", false)]
    [InlineData("""{"key":"a","later":[1,2]}""", """{"key":"a","later":[1.0,2]}""", true)]
    [InlineData("""{"key":"a","later":[1,2]}""", """{"key":"a","later":[1]}""", false)]
    public void A_constraint_is_as_narrow_as_its_parents_of_the_same_key_and_type(string parent, string child, bool expected)
    {
        Assert.Equal(expected, Constraints.IsNarrower(Read($"[{parent}]"), Read($"[{child}]")));
        Assert.Equal(expected, Constraints.IsNarrower(Read($"[{parent}]"), Read($$"""[{"key":"own","max":1},{{child}}]""")));
        Assert.False(Constraints.IsNarrower(Read($"[{parent}]"), Constraints.None));
        Assert.True(Constraints.IsNarrower(Constraints.None, Read($"[{child}]")));
    }

    [Theory]
    [InlineData("""{"key":"a","max":5}""", "5", true)]
    [InlineData("""{"key":"a","max":5}""", "5.01", false)]
    [InlineData("""{"key":"a","max":5}""", "\"5\"", false)]
    [InlineData("""{"key":"a","max":5}""", "-1e999", false)]
    [InlineData("""{"key":"a","max":5}""", null, false)]
    [InlineData("""{"key":"a","min":5}""", "5", true)]
    [InlineData("""{"key":"a","min":5}""", "4", false)]
    [InlineData("""{"key":"a","min":5}""", "1e999", false)]
    [InlineData("""{"key":"a","one_of":["x",1]}""", "1.0", true)]
    [InlineData("""{"key":"a","one_of":["x",1]}""", "\"1\"", false)]
    [InlineData("""{"key":"a","one_of":["x",null]}""", "null", true)]
    [InlineData("""{"key":"a","one_of":["x",null]}""", null, false)]
    [InlineData("""{"key":"a","not_one_of":["x"]}""", "\"y\"", true)]
    [InlineData("""{"key":"a","not_one_of":["x"]}""", "\"\\u0078\"", false)]
    [InlineData("""{"key":"a","not_one_of":["x"]}""", "\"\\ud800\"", false)]
    [InlineData("""{"key":"a","not_one_of":["x"]}""", null, false)]
    [InlineData("""{"key":"a","prefix":"/x"}""", "\"/x/y\"", true)]
    [InlineData("""{"key":"a","prefix":"/x"}""", "\"/X\"", false)]
    [InlineData("""{"key":"a","prefix":""}""", "7", false)]
    [InlineData("""{"key":"a","prefix":""}""", "\"\\ud800\"", false)]
    [InlineData("""{"key":"a","rank":"y","order":["x","y","z"]}""", "\"x\"", true)]
    [InlineData("""{"key":"a","rank":"y","order":["x","y","z"]}""", "\"z\"", false)]
    [InlineData("""{"key":"a","rank":"y","order":["x","y","z"]}""", "\"w\"", false)]
    [InlineData("""{"key":"a","later":1}""", "1", false)]
    public void An_action_states_a_value_that_each_permits(string constraint, string? stated, bool expected)
    {
        var action = stated is null ? ActionValues.None : new ActionValues { Stated = new Dictionary<string, JsonElement> { ["a"] = JsonElement.Parse(stated) } };

        Assert.Equal(expected, Read($"[{constraint}]").Permits(action));
        Assert.False(Read($"[{constraint}]").Permits(action with { Stated = new Dictionary<string, JsonElement> { ["a"] = default } }));
    }

    [Fact]
    public void A_total_is_the_accounts_and_never_what_the_request_says_of_itself()
    {
        var (lifetime, subtree) = (Read("""[{"key":"a","max_lifetime":5}]"""), Read("""[{"key":"a","max_subtree":5}]"""));
        var stated = new ActionValues { Stated = new Dictionary<string, JsonElement> { ["a"] = JsonElement.Parse("1") } };
        ActionValues Held(double total, bool ofSubtree) => ofSubtree
            ? stated with { SubtreeTotals = new Dictionary<string, double> { ["a"] = total } }
            : stated with { LifetimeTotals = new Dictionary<string, double> { ["a"] = total } };

        Assert.False(lifetime.Permits(stated) || subtree.Permits(stated));
        Assert.True(lifetime.Permits(Held(5, false)) && subtree.Permits(Held(5, true)));
        Assert.False(lifetime.Permits(Held(5, true)) || subtree.Permits(Held(5, false)));
        Assert.False(lifetime.Permits(Held(6, false)) || subtree.Permits(Held(6, true)) || lifetime.Permits(Held(double.NaN, false)));
    }

    [Fact]
    public void All_of_them_hold_and_a_known_one_that_does_not_is_named_before_an_unknown_one()
    {
        var constraints = Read("""[{"key":"b","later":1},{"key":"a","min":1},{"key":"a","max":5}]""");
        var action = new ActionValues { Stated = new Dictionary<string, JsonElement> { ["a"] = JsonElement.Parse("6") } };

        Assert.Equal("max", constraints.FirstAgainst(action)?.Type);
        Assert.Equal("later", constraints.FirstAgainst(action with { Stated = new Dictionary<string, JsonElement> { ["a"] = JsonElement.Parse("3") } })?.Type);
        Assert.True(Constraints.None.Permits(ActionValues.None));
    }

    private static Constraints Read(string json) =>
        Constraints.TryRead(JsonElement.Parse(json), out var constraints, out var fault) ? constraints : throw new Xunit.Sdk.XunitException(fault);
}
