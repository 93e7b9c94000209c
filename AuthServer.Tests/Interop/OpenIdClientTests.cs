using System.Reflection;
using System.Runtime.CompilerServices;

namespace AuthServer.Tests.Interop;

/// <summary>A certified client library, openid-client, with all its checks on. Each test is the scenario of the same name in <c>scenarios/</c>.</summary>
public sealed class OpenIdClientTests(InteropServer server) : IClassFixture<InteropServer>
{
    [Fact]
    public Task Discovery_names_the_issuer_and_the_endpoints_by_both_rules() => RunAsync();

    [Fact]
    public Task The_code_comes_back_by_query() => RunAsync();

    [Fact]
    public Task The_code_comes_back_by_form_post() => RunAsync();

    [Fact]
    public Task A_native_client_gets_its_code_on_any_loopback_port() => RunAsync();

    [Fact]
    public Task The_ID_token_is_signed_with_the_algorithm_that_the_client_registered() => RunAsync();

    [Fact]
    public Task The_access_token_passes_the_checks_of_RFC_9068() => RunAsync();

    [Fact]
    public Task An_answer_with_another_state_nonce_or_issuer_is_not_believed() => RunAsync();

    [Fact]
    public Task A_code_works_once_and_only_with_its_verifier() => RunAsync();

    [Fact]
    public Task A_refusal_on_the_consent_page_reaches_the_client() => RunAsync();

    [Fact]
    public Task A_machine_authenticates_with_client_secret_basic() => RunAsync();

    [Fact]
    public Task A_machine_authenticates_with_client_secret_post() => RunAsync();

    [Fact]
    public Task A_machine_authenticates_with_private_key_jwt() => RunAsync();

    [Fact]
    public Task A_client_without_credentials_gets_no_token_of_its_own() => RunAsync();

    [Fact]
    public Task A_wrong_secret_is_refused_and_the_challenge_names_the_scheme() => RunAsync();

    [Fact]
    public Task A_code_is_redeemed_with_none() => RunAsync();

    [Fact]
    public Task A_code_is_redeemed_with_client_secret_basic() => RunAsync();

    [Fact]
    public Task A_code_is_redeemed_with_client_secret_post() => RunAsync();

    [Fact]
    public Task A_code_is_redeemed_with_private_key_jwt() => RunAsync();

    [Fact]
    public Task A_refresh_gives_new_tokens_for_the_same_person() => RunAsync();

    [Fact]
    public Task Within_the_grace_a_public_client_gets_the_same_successor_again() => RunAsync();

    [Fact]
    public Task After_the_grace_a_replay_ends_the_family_of_a_public_client() => RunAsync();

    [Fact]
    public Task Within_the_grace_a_replay_ends_the_family_once_the_successor_was_used() => RunAsync();

    [Fact]
    public Task A_replay_ends_the_family_of_a_confidential_client_at_once() => RunAsync();

    [Fact]
    public Task A_replay_ends_one_family_and_leaves_the_others_alone() => RunAsync();

    [Fact]
    public Task A_client_introspects_its_own_tokens() => RunAsync();

    [Fact]
    public Task An_API_introspects_the_tokens_made_for_it_and_no_others() => RunAsync();

    [Fact]
    public Task A_public_client_may_not_introspect() => RunAsync();

    [Fact]
    public Task Userinfo_tells_what_the_scopes_allow() => RunAsync();

    [Fact]
    public Task Userinfo_wants_a_token_made_for_this_server() => RunAsync();

    [Fact]
    public Task Revoking_a_refresh_token_ends_every_token_of_its_family() => RunAsync();

    [Fact]
    public Task Revoking_an_access_token_ends_its_family() => RunAsync();

    [Fact]
    public Task A_client_cannot_revoke_the_tokens_of_another() => RunAsync();

    [Fact]
    public Task A_machines_token_ends_alone_when_it_is_revoked() => RunAsync();

    [Fact]
    public Task Prompt_none_answers_without_a_page_while_the_person_is_signed_in() => RunAsync();

    [Fact]
    public Task Prompt_none_says_that_nobody_is_signed_in() => RunAsync();

    [Fact]
    public Task Prompt_login_asks_for_the_password_again() => RunAsync();

    [Fact]
    public Task Max_age_asks_again_when_the_sign_in_is_too_old() => RunAsync();

    [Fact]
    public Task Logout_ends_the_session_and_comes_back_to_the_client() => RunAsync();

    [Fact]
    public Task Logout_without_a_hint_asks_the_person_first() => RunAsync();

    [Fact]
    public Task A_code_flow_with_DPoP_binds_its_tokens_and_userinfo_takes_them() => RunAsync();

    [Fact]
    public Task A_refresh_with_DPoP_stays_with_its_key() => RunAsync();

    [Fact]
    public Task A_machine_gets_a_bound_token_and_introspection_says_so() => RunAsync();

    [Fact]
    public Task A_protected_resource_tells_a_client_of_DPoP_what_is_wrong() => RunAsync();

    [Fact]
    public async Task Every_scenario_is_a_test()
    {
        var scenarios = await NodeScript.RunAsync(null, [], _ => { });

        var tests = new[] { typeof(OpenIdClientTests), typeof(McpSdkTests) }
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(method => method.Name).Where(name => name != nameof(Every_scenario_is_a_test));
        Assert.Equal(scenarios.Order(), tests.Order());
    }

    private Task RunAsync([CallerMemberName] string scenario = "") => server.RunAsync(scenario);
}
