using System.Collections.Frozen;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Tests.Protocol;

/// <summary>The whole table of what comes next.</summary>
public sealed class AuthorizeStepTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly SignedInPerson Ada = new("usr_ada", "session", Now - TimeSpan.FromHours(1), Acr.Password, ["pwd"]);

    private static readonly StoredAuthorizationRequest Waiting = new()
    {
        Id = "request",
        Parameters = "",
        BrowserHash = "hash",
        CreatedAt = Now - TimeSpan.FromMinutes(1),
        ExpiresAt = Now + TimeSpan.FromMinutes(9),
        Address = "127.0.0.1",
    };

    private static readonly RememberedAuthorization Wide = new("con_1", ["openid", "profile", "read"], [], "https://client.example", null, null);

    [Fact]
    public void Nobody_is_signed_in()
    {
        Assert.IsType<AuthorizeStep.SignIn>(Next("", null));
        AssertRefused("login_required", Next("prompt=none", null));
        Assert.IsType<AuthorizeStep.SignIn>(Next("", null, Waiting with { ConsentSubject = "usr_ada", AuthorizationId = "con_1" }, Wide));
    }

    [Fact]
    public void Somebody_is_signed_in_and_has_not_consented()
    {
        Assert.IsType<AuthorizeStep.Consent>(Next("", Ada));
        AssertRefused("consent_required", Next("prompt=none", Ada));
    }

    [Fact]
    public void A_remembered_consent_is_enough()
    {
        AssertIssued("con_1", Next("", Ada, null, Wide));
        AssertIssued("con_1", Next("prompt=none", Ada, null, Wide));
    }

    [Theory]
    [InlineData("scope=openid+read+write")]
    [InlineData("scope=openid&resource=https%3A%2F%2Fapi.example")]
    [InlineData("prompt=consent&scope=openid")]
    public void A_remembered_consent_for_less_is_not(string request) => Assert.IsType<AuthorizeStep.Consent>(Next(request, Ada, null, Wide));

    [Fact]
    public void A_remembered_consent_that_expired_or_was_for_another_address_is_not()
    {
        Assert.IsType<AuthorizeStep.Consent>(Next("", Ada, null, Wide with { ExpiresAt = Now }));
        Assert.IsType<AuthorizeStep.Consent>(Next("", Ada, null, Wide with { RedirectHost = "https://other.example" }));
        Assert.IsType<AuthorizeStep.Consent>(Next("", Ada, null, Wide with { RedirectHost = "http://client.example" }));
    }

    [Fact]
    [Trait("negative", "19")]
    public void A_client_that_nobody_vouches_for_is_never_remembered()
    {
        var native = (Client client) => client with { IsPublic = true, RedirectUris = ["http://127.0.0.1/callback"] };
        var remembered = Wide with { RedirectHost = "http://127.0.0.1:5000" };
        var request = Request("redirect_uri=http%3A%2F%2F127.0.0.1%3A5000%2Fcallback", native);
        Assert.IsType<AuthorizeStep.Consent>(AuthorizeStep.Next(request, Ada, null, [remembered], Now));
    }

    [Theory]
    [InlineData(ConsentType.Explicit, true, false)]
    [InlineData(ConsentType.Systematic, false, false)]
    [InlineData(ConsentType.Implicit, true, true)]
    public void The_kind_of_consent_decides_what_is_remembered_and_who_is_asked(ConsentType type, bool remembered, bool never)
    {
        var request = Request("", client => client with { ConsentType = type });
        Assert.Equal(remembered, AuthorizeStep.Next(request, Ada, null, [Wide], Now) is AuthorizeStep.Issue);
        Assert.Equal(never, AuthorizeStep.Next(request, Ada, null, [], Now) is AuthorizeStep.Issue { Authorization: null });
    }

    [Fact]
    public void Consent_that_is_given_elsewhere_is_not_asked_for()
    {
        var request = Request("", client => client with { ConsentType = ConsentType.External });
        AssertRefused("consent_required", AuthorizeStep.Next(request, Ada, null, [], Now));
        Assert.IsType<AuthorizeStep.Issue>(AuthorizeStep.Next(request, Ada, null, [Wide], Now));
    }

    [Fact]
    public void An_answer_on_the_consent_page_is_followed_for_who_gave_it()
    {
        AssertIssued("con_1", Next("", Ada, Waiting with { ConsentSubject = "usr_ada", AuthorizationId = "con_1" }, Wide));
        AssertRefused("access_denied", Next("", Ada, Waiting with { ConsentSubject = "usr_ada" }, Wide));
        Assert.IsType<AuthorizeStep.Consent>(Next("scope=openid+write", Ada, Waiting with { ConsentSubject = "usr_eve", AuthorizationId = "con_1" }, Wide));
        AssertRefused("access_denied", Next("", Ada, Waiting with { ConsentSubject = "usr_ada", AuthorizationId = "con_gone" }, Wide));
    }

    [Fact]
    [Trait("negative", "21")]
    public void Only_what_was_approved_is_issued()
    {
        var issue = Assert.IsType<AuthorizeStep.Issue>(Next(
            "scope=openid+profile+read+write", Ada, Waiting with { ConsentSubject = "usr_ada", AuthorizationId = "con_1" }, Wide with { Scopes = ["openid", "read", "admin"] }));
        Assert.Equal(["openid", "read"], issue.Scopes);
    }

    [Theory]
    [InlineData("prompt=login")]
    [InlineData("max_age=0")]
    [InlineData("max_age=3599")]
    public void A_sign_in_that_is_too_old_is_repeated_once(string request)
    {
        Assert.IsType<AuthorizeStep.SignIn>(Next(request, Ada, null, Wide));
        Assert.IsType<AuthorizeStep.SignIn>(Next(request, Ada, Waiting, Wide));
        AssertIssued("con_1", Next(request, Ada with { AuthTime = Now - TimeSpan.FromSeconds(30) }, Waiting, Wide));
    }

    [Fact]
    public void A_sign_in_that_is_young_enough_is_not_repeated() => AssertIssued("con_1", Next("max_age=3600", Ada, null, Wide));

    [Fact]
    public void A_silent_request_with_a_sign_in_that_is_too_old_is_refused() => AssertRefused("login_required", Next("prompt=none&max_age=60", Ada, null, Wide));

    [Fact]
    public void A_remembered_consent_for_something_critical_is_enough_only_for_who_has_signed_in_just_now()
    {
        var critical = Request("") with { IsCritical = true };
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(critical, Ada, null, [Wide], Now));
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(critical, Ada, Waiting, [Wide], Now));
        AssertRefused("login_required", AuthorizeStep.Next(critical with { Prompt = Prompts.None }, Ada, null, [Wide], Now));
        AssertIssued("con_1", AuthorizeStep.Next(critical, Ada with { AuthTime = Now - TimeSpan.FromSeconds(30) }, Waiting, [Wide], Now));
    }

    [Fact]
    public void What_was_filed_for_anybody_is_for_who_answered_it()
    {
        var filed = Waiting with { RequiredScopes = [], ConsentSubject = "usr_eve", AuthorizationId = "con_2" };
        Assert.IsType<AuthorizeStep.SignIn>(Next("", Ada, filed));
        AssertIssued("con_1", Next("", Ada, filed with { ConsentSubject = "usr_ada", AuthorizationId = "con_1" }, Wide));
    }

    [Fact]
    public void An_account_is_chosen_when_asked_for_and_only_by_who_is_signed_in()
    {
        Assert.IsType<AuthorizeStep.SelectAccount>(Next("prompt=select_account", Ada, null, Wide));
        Assert.IsType<AuthorizeStep.SelectAccount>(Next("prompt=select_account", Ada, Waiting with { SelectedSubject = "usr_eve" }, Wide));
        AssertIssued("con_1", Next("prompt=select_account", Ada, Waiting with { SelectedSubject = "usr_ada" }, Wide));
        AssertIssued("con_1", Next("prompt=select_account", Ada with { AuthTime = Now }, Waiting, Wide));
    }

    [Fact]
    public void Another_person_than_the_client_named_is_never_answered_for()
    {
        var request = Request("") with { ExpectedSubject = "usr_eve" };
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(request, Ada, null, [Wide], Now));
        AssertRefused("login_required", AuthorizeStep.Next(request with { Prompt = Prompts.None }, Ada, null, [Wide], Now));
        Assert.IsNotType<AuthorizeStep.Issue>(AuthorizeStep.Next(request, Ada with { AuthTime = Now }, Waiting, [Wide], Now));
        AssertIssued("con_1", AuthorizeStep.Next(request with { ExpectedSubject = "usr_ada" }, Ada, null, [Wide], Now));
    }

    [Fact]
    public void A_context_that_is_essential_and_not_reached_is_refused()
    {
        var request = Request("") with { Claims = new ClaimsRequest { EssentialAcr = ["urn:phishing-resistant"] } };
        AssertRefused("unmet_authentication_requirements", AuthorizeStep.Next(request, Ada, null, [Wide], Now));
        AssertIssued("con_1", AuthorizeStep.Next(request with { Claims = new ClaimsRequest { EssentialAcr = ["x", Acr.Password] } }, Ada, null, [Wide], Now));
    }

    [Fact]
    public void Who_came_by_another_provider_may_still_sign_in_by_the_password_that_is_essential()
    {
        var request = Request("") with { Claims = new ClaimsRequest { EssentialAcr = [Acr.Password] } };
        var external = Ada with { Acr = Acr.External, Amr = [] };
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(request, external, null, [Wide], Now));
        AssertRefused("unmet_authentication_requirements", AuthorizeStep.Next(request with { Prompt = Prompts.None }, external, null, [Wide], Now));
    }

    [Theory]
    [InlineData("prompt=login")]
    [InlineData("max_age=0")]
    [InlineData("max_age=60")]
    [InlineData("critical")]
    public void A_new_sign_in_counts_only_if_the_provider_says_when_it_was(string asked)
    {
        var request = Request(asked == "critical" ? "" : asked) with { IsCritical = asked == "critical" };
        var back = Ada with { AuthTime = Now };
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(request, back with { ShownElsewhere = SignedInPerson.Never }, Waiting, [Wide], Now));
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(request, back with { ShownElsewhere = Now - TimeSpan.FromHours(1) }, Waiting, [Wide], Now));
        AssertIssued("con_1", AuthorizeStep.Next(request, back with { ShownElsewhere = Now - TimeSpan.FromSeconds(30) }, Waiting, [Wide], Now));
        AssertIssued("con_1", AuthorizeStep.Next(request, back, Waiting, [Wide], Now));
    }

    [Theory]
    [InlineData(Acr.Password, Factors.None, true)]
    [InlineData(Acr.Password, Factors.Code, false)]
    [InlineData(Acr.Password, Factors.Passkey, false)]
    [InlineData(Acr.External, Factors.Code, false)]
    [InlineData(Acr.TwoFactors, Factors.Code, true)]
    [InlineData(Acr.TwoFactors, Factors.Code | Factors.Passkey, true)]
    [InlineData(Acr.Passkey, Factors.Passkey, true)]
    public void Something_critical_takes_the_strongest_that_a_person_has_however_new_the_sign_in(string reached, Factors factors, bool enough)
    {
        var critical = Request("") with { IsCritical = true };
        var person = Ada with { AuthTime = Now, Acr = reached };
        var step = AuthorizeStep.Next(critical, person, Waiting, [Wide], Now, factors);

        Assert.Equal(enough, step is AuthorizeStep.Issue);
        Assert.Equal(!enough, step is AuthorizeStep.SignIn);
        Assert.Equal(!enough, AuthorizeStep.MustSignInToAllow(critical, person, Waiting, Now, factors));
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(critical, person with { AuthTime = Now - TimeSpan.FromHours(1) }, Waiting, [Wide], Now, factors));
    }

    [Theory]
    [InlineData(Acr.Password, Acr.TwoFactors, Factors.Code, "sign-in")]
    [InlineData(Acr.Password, Acr.Passkey, Factors.Code, "issue")]
    [InlineData(Acr.Password, Acr.TwoFactors, Factors.None, "issue")]
    [InlineData(Acr.Password, "urn:unknown", Factors.Passkey, "issue")]
    [InlineData(Acr.Password, Acr.Passkey + " " + Acr.TwoFactors, Factors.Code, "sign-in")]
    [InlineData(Acr.Passkey, Acr.TwoFactors, Factors.Passkey, "issue")]
    public void A_wish_for_a_context_is_asked_for_once_from_who_can_reach_it(string reached, string wished, Factors factors, string expected)
    {
        var request = Request("") with { AcrValues = wished.Split(' ') };
        var person = Ada with { Acr = reached };

        Assert.Equal(expected == "sign-in", AuthorizeStep.Next(request, person, null, [Wide], Now, factors) is AuthorizeStep.SignIn);
        AssertIssued("con_1", AuthorizeStep.Next(request, person with { AuthTime = Now }, Waiting, [Wide], Now, factors));
        AssertIssued("con_1", AuthorizeStep.Next(request with { Prompt = Prompts.None }, person, null, [Wide], Now, factors));
    }

    [Theory]
    [InlineData(Acr.TwoFactors, Factors.Code)]
    [InlineData(Acr.Passkey, Factors.Passkey)]
    public void A_context_that_is_essential_is_asked_for_and_then_refused(string asked, Factors factors)
    {
        var request = Request("") with { Claims = new ClaimsRequest { EssentialAcr = [asked] } };
        Assert.IsType<AuthorizeStep.SignIn>(AuthorizeStep.Next(request, Ada, null, [Wide], Now, factors));
        AssertRefused("unmet_authentication_requirements", AuthorizeStep.Next(request, Ada with { AuthTime = Now }, Waiting, [Wide], Now, factors));
        AssertRefused("unmet_authentication_requirements", AuthorizeStep.Next(request, Ada, null, [Wide], Now));
    }

    [Theory]
    [InlineData(Acr.Passkey, Acr.TwoFactors, Acr.TwoFactors)]
    [InlineData(Acr.Passkey, Acr.Password, Acr.Password)]
    [InlineData(Acr.Passkey, "", Acr.Passkey)]
    [InlineData(Acr.Passkey, "urn:unknown", Acr.Passkey)]
    [InlineData(Acr.External, Acr.Password, Acr.External)]
    public void The_answer_names_the_context_that_was_asked_for_where_the_sign_in_is_more_than_that(string reached, string asked, string told)
    {
        var request = Request("") with { AcrValues = asked.Split(' ', StringSplitOptions.RemoveEmptyEntries) };
        var issue = Assert.IsType<AuthorizeStep.Issue>(AuthorizeStep.Next(request, Ada with { Acr = reached, AuthTime = Now }, Waiting, [Wide], Now));

        Assert.Equal(told, issue.Person.Acr);
    }

    private static AuthorizeStep Next(string parameters, SignedInPerson? person, StoredAuthorizationRequest? interaction = null, params RememberedAuthorization[] remembered) =>
        AuthorizeStep.Next(Request(parameters), person, interaction, remembered, Now);

    private static AuthorizeRequest Request(string parameters, Func<Client, Client>? change = null)
    {
        const string common = "response_type=code&client_id=client&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
        var form = TestClient.Form($"{common}{(parameters.Contains("scope=", StringComparison.Ordinal) ? "" : "&scope=openid")}&{parameters}");
        var client = TestClient.With(client => (change ?? (same => same))(client with { Resources = new[] { "https://api.example", "https://other.example" }.ToFrozenSet() }));
        var known = new Dictionary<string, ResourceServer> { ["https://api.example"] = new("https://api.example", "API", FrozenSet<string>.Empty) };
        return AuthorizeRequest.Validate(form, RedirectTarget.Identify(form, client).Value!, known, [], _ => null).Value!;
    }

    private static void AssertIssued(string authorization, AuthorizeStep step) => Assert.Equal(authorization, Assert.IsType<AuthorizeStep.Issue>(step).Authorization?.Id);

    private static void AssertRefused(string code, AuthorizeStep step) => Assert.Equal(code, Assert.IsType<AuthorizeStep.Refuse>(step).Error.Code);
}
