using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Protocol.Delegation;
using FsCheck;
using FsCheck.Fluent;

namespace AuthServer.Tests.Protocol.Delegation;

/// <summary>Against an oracle that knows no rule about constraints: each stands for the set of values it lets through, all values of a small world are
/// listed, and narrower is being a subset.</summary>
public sealed class ChainProperties
{
    private static readonly string[] Texts = ["", "a", "b", "aa", "ab", "ba", "aab", "abb"];
    private static readonly string[] Ranks = ["", "a", "aa"];
    private static readonly SigningKey Stranger = SigningKey.Create(JwsAlgorithm.ES256);

    // More than any constraint below lets through, so that one that is missing is always wider.
    private static readonly JsonNode[] World =
        [.. Texts.Append("zz").Select(text => (JsonNode)text), .. Enumerable.Range(-4, 20).Select(half => (JsonNode)(half / 2.0))];

    // The two keys state the same value, or each another one.
    private static readonly ActionValues[] Actions =
    [
        .. World.Zip(World).Concat(World.Zip(World.Reverse())).Select(pair => new ActionValues
        {
            Stated = new Dictionary<string, JsonElement> { ["k"] = JsonElement.Parse(pair.First.ToJsonString()), ["l"] = JsonElement.Parse(pair.Second.ToJsonString()) },
        }),
    ];

    private static readonly Gen<JsonObject> AnyConstraint =
        from type in Gen.Elements("max", "min", "one_of", "not_one_of", "prefix", "rank")
        from key in Gen.Elements("k", "l")
        from number in Gen.Choose(0, 4)
        from text in Gen.Elements(Texts)
        from members in Gen.SubListOf(Texts)
        from rank in Gen.Elements(Ranks)
        select Constrain(key, type, number, text, members, rank);

    private static readonly Gen<JsonArray> AnyConstraints =
        Gen.ListOf(AnyConstraint).Select(list => new JsonArray([.. list.DistinctBy(Name).Select(one => one.DeepClone())]));

    [Fact]
    public void Narrower_is_what_the_sets_of_values_say() =>
        Prop.ForAll(Gen.Two(AnyConstraints).ToArbitrary(), pair =>
        {
            var (parent, child) = pair;
            var expected = parent.All(of => child.SingleOrDefault(own => Name(own!) == Name(of!)) is { } own && Set(own).IsSubsetOf(Set(of!)));
            Assert.Equal(expected, Constraints.IsNarrower(Read(parent), Read(child)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));

    [Fact]
    public void Whoever_is_narrower_is_permitted_nothing_more() =>
        Prop.ForAll(Gen.Two(AnyConstraints).ToArbitrary(), pair =>
        {
            var (parent, child) = (Read(pair.Item1), Read(pair.Item2));
            var sets = pair.Item1.Select(one => (Name(one!).Key, Values: Set(one!))).ToList();
            var narrower = Constraints.IsNarrower(parent, child);
            Assert.All(Actions, action =>
            {
                Assert.Equal(sets.All(set => set.Values.Contains(action.Stated[set.Key].GetRawText())), parent.Permits(action));
                Assert.True(!narrower || !child.Permits(action) || parent.Permits(action));
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Chains_that_narrow_at_every_hop_verify_and_one_step_wider_anywhere_is_refused_by_its_name() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var chain = Narrowing(random);
            Assert.Equal(ChainOutcome.Ok, chain.Verify().Outcome);

            var hop = random.Next(1, chain.Claims.Count);
            var expected = Widen(chain, hop, random);
            var verdict = chain.Verify();
            Assert.Equal((expected, hop), (verdict.Outcome, verdict.Hop));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void A_chain_with_one_octet_changed_anywhere_is_refused()
    {
        var chain = new TestChain();
        var tokens = chain.Tokens();
        var changes = from hop in Gen.Choose(0, 2) from position in Gen.Choose(0, int.MaxValue) from bits in Gen.Choose(1, 127) select (hop, position, bits);
        Prop.ForAll(changes.ToArbitrary(), change =>
        {
            var (hop, position, bits) = change;
            var characters = tokens[hop].ToCharArray();
            characters[position % characters.Length] ^= (char)bits;
            List<string> changed = [.. tokens];
            changed[hop] = new string(characters);
            Assert.False(ChainVerifier.Verify(changed, chain.Expected).IsOk);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Fact]
    public void A_part_of_a_chain_and_one_in_another_order_are_refused() =>
        Prop.ForAll(Gen.SubListOf(Enumerable.Range(0, 4)).SelectMany(part => Gen.Shuffle(part.ToArray())).ToArbitrary(), order =>
        {
            var chain = new TestChain(4);
            var tokens = chain.Tokens();
            var isBeginning = order.Length > 0 && order.SequenceEqual(Enumerable.Range(0, order.Length));
            Assert.Equal(isBeginning, ChainVerifier.Verify([.. order.Select(i => tokens[i])], chain.Expected).IsOk);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>Two to seven hops. Each keeps some of its parent's scopes or something below them, tightens some constraints, may add one, and lives as long or shorter.</summary>
    private static TestChain Narrowing(Random random)
    {
        var chain = new TestChain(random.Next(2, 8));
        chain.Expected = chain.Expected with { Scope = null };
        string[] scopes = ["crm.*", "files.read.*", "email:send", "User.Read"];
        JsonObject[] constraints =
        [
            Constrain("amount", "max", 50, "", [], ""), Constrain("amount", "min", 0, "", [], ""),
            Constrain("calls", "max_lifetime", 50, "", [], ""), Constrain("spend", "max_subtree", 50, "", [], ""),
            Constrain("currency", "one_of", 0, "", Texts, ""), Constrain("country", "not_one_of", 0, "", [], ""),
            Constrain("path", "prefix", 0, "", [], ""), Constrain("egress", "rank", 0, "", [], "aa"),
        ];
        var expires = chain.Claims[0]["exp"]!.GetValue<long>();
        for (var hop = 0; hop < chain.Claims.Count; hop++)
        {
            chain.SetScopes(hop, scopes);
            chain.SetConstraints(hop, new JsonArray([.. constraints.Select(one => one.DeepClone())]).ToJsonString());
            chain.Claims[hop]["exp"] = expires;
            scopes = [.. scopes.Where(_ => random.Next(4) > 0).Select(scope => random.Next(2) == 0 ? scope : Below(scope, random))];
            constraints = [.. constraints.Select(one => random.Next(2) == 0 ? one : Tightened(one, random))];
            expires -= random.Next(2) * random.Next(20);
        }

        return chain;
    }

    private static string Below(string scope, Random random) => scope.Replace(".*", random.Next(2) == 0 ? ".x.*" : ".read", StringComparison.Ordinal);

    private static JsonObject Tightened(JsonObject constraint, Random random)
    {
        var tighter = constraint.DeepClone().AsObject();
        switch (Name(constraint).Type)
        {
            case "min":
                tighter["min"] = constraint["min"]!.GetValue<int>() + 1;
                break;
            case "one_of":
                tighter["one_of"] = new JsonArray([.. constraint["one_of"]!.AsArray().Where(_ => random.Next(4) > 0).Select(member => member!.DeepClone())]);
                break;
            case "not_one_of":
                tighter["not_one_of"]!.AsArray().Add(random.Next(100));
                break;
            case "prefix":
                tighter["prefix"] = constraint["prefix"]!.GetValue<string>() + "a";
                break;
            case "rank":
                tighter["rank"] = Ranks[Math.Max(0, Array.IndexOf(Ranks, constraint["rank"]!.GetValue<string>()) - 1)];
                break;
            case var type:
                tighter[type] = constraint[type]!.GetValue<int>() - 1;
                break;
        }

        return tighter;
    }

    /// <summary>One hop says more than its parent does, and all below are made for it as it is.</summary>
    private static ChainOutcome Widen(TestChain chain, int hop, Random random)
    {
        switch (random.Next(9))
        {
            case 0:
                chain.Detail(hop)["scopes"]!.AsArray().Add(random.Next(2) == 0 ? "billing.read" : "files.*");
                return ChainOutcome.NotNarrower;
            case 1:
                chain.Detail(hop)["constraints"]!.AsArray().RemoveAt(random.Next(8));
                return ChainOutcome.NotNarrower;
            case 2:
                chain.Detail(hop)["constraints"]!.AsArray()[random.Next(2)] = Constrain("amount", "max_lifetime", 0, "", [], "");
                return ChainOutcome.NotNarrower;
            case 3:
                Loosen(chain.Detail(hop)["constraints"]!.AsArray(), random.Next(8));
                return ChainOutcome.NotNarrower;
            case 4:
                chain.Claims[hop]["del_max_depth"] = 9;
                return ChainOutcome.NotNarrower;
            case 5:
                chain.Claims[hop]["exp"] = chain.Claims[hop - 1]["exp"]!.GetValue<long>() + 1;
                return ChainOutcome.Expired;
            case 6:
                chain.Claims[hop]["sub"] = "usr_2";
                return ChainOutcome.PrincipalAltered;
            case 7:
                chain.Claims[hop]["par_hash"] = DelegationToken.HashOf(new TestChain().Tokens()[0]);
                return ChainOutcome.ParHashMismatch;
            default:
                chain.Keys[hop] = Stranger;
                return ChainOutcome.SignatureInvalid;
        }
    }

    private static void Loosen(JsonArray constraints, int index)
    {
        var constraint = constraints[index]!.AsObject();
        switch (Name(constraint).Type)
        {
            case "min":
                constraint["min"] = -1;
                break;
            case "one_of":
                constraint["one_of"]!.AsArray().Add("another");
                break;
            case "not_one_of":
                // Nothing is excluded by the root, so no hop can be wider there: it is left out instead.
                constraints.RemoveAt(index);
                break;
            case "prefix":
                // Likewise: the root's prefix is empty.
                constraints[index] = new JsonObject { ["key"] = "path", ["one_of"] = new JsonArray() };
                break;
            case "rank":
                constraint["order"] = new JsonArray("", "aa", "a");
                break;
            case var type:
                constraint[type] = 51;
                break;
        }
    }

    private static JsonObject Constrain(string key, string type, int number, string text, IEnumerable<string> members, string rank) => type switch
    {
        "one_of" or "not_one_of" => new() { ["key"] = key, [type] = new JsonArray([.. members.Select(member => JsonValue.Create(member))]) },
        "prefix" => new() { ["key"] = key, [type] = text },
        "rank" => new() { ["key"] = key, [type] = rank, ["order"] = new JsonArray([.. Ranks.Select(one => JsonValue.Create(one))]) },
        _ => new() { ["key"] = key, [type] = number },
    };

    private static (string Key, string Type) Name(JsonNode constraint) =>
        ((string)constraint["key"]!, constraint.AsObject().Select(member => member.Key).First(name => name is not ("key" or "order")));

    /// <summary>The values of the world, as JSON, that a constraint lets through.</summary>
    private static HashSet<string> Set(JsonNode constraint)
    {
        var (_, type) = Name(constraint);
        var value = constraint[type]!;
        return [.. World.Where(one => type switch
        {
            "max" => one.GetValueKind() == JsonValueKind.Number && (double)one <= (int)value,
            "min" => one.GetValueKind() == JsonValueKind.Number && (double)one >= (int)value,
            "one_of" => value.AsArray().Any(member => JsonNode.DeepEquals(member, one)),
            "not_one_of" => !value.AsArray().Any(member => JsonNode.DeepEquals(member, one)),
            "prefix" => one.GetValueKind() == JsonValueKind.String && ((string)one!).StartsWith((string)value!, StringComparison.Ordinal),
            _ => one.GetValueKind() == JsonValueKind.String && Ranks.TakeWhile(rank => rank != (string)value!).Append((string)value!).Contains((string)one!),
        }).Select(one => one.ToJsonString())];
    }

    private static Constraints Read(JsonArray json) => Constraints.TryRead(JsonSerializer.SerializeToElement(json), out var constraints, out var fault)
        ? constraints
        : throw new Xunit.Sdk.XunitException(fault);
}
