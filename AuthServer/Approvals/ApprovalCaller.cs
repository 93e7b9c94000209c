using System.Reflection;
using AuthServer.Agents.Credentials;
using AuthServer.Certificates;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Approvals;

/// <summary>Who reads approvals: a person those that they answer; a developer those that their organization answers, who in a browser says so by naming it; an agent those
/// that it asked for.</summary>
public sealed class ApprovalCaller : ICaller, IEndpointParameterMetadataProvider
{
    private ApprovalCaller(ActingParty party) => (Refusal, Known, Agent, Developer) = (party.Refusal, party.Known, party.Agent, party.Developer);

    private ApprovalCaller(Person person) => (Refusal, Known, Person) = (person.Refusal, person.Known, person);

    public Problem? Refusal { get; }

    public KnownCaller? Known { get; }

    public ActingAgent? Agent { get; }

    public Developer? Developer { get; }

    public Person? Person { get; }

    public static async ValueTask<ApprovalCaller> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var callers = http.RequestServices.GetRequiredService<Callers>();
        var key = http.Request.Headers[Callers.KeyHeader];
        var credential = key.Count > 0 ? key[0] : TokenHeader.Read(http);
        var isPersons = http.Request.Headers[Callers.OrganizationHeader].Count == 0
            && (credential is null
                || (!credential.StartsWith(DeveloperKey.Prefix, StringComparison.Ordinal) && !ApiKeys.IsOne(credential) && CertificateTokens.KeyIdOf(credential) is null
                    && await callers.AgentAsync(http, credential) is null));
        return isPersons ? new(await callers.PersonAsync(http)) : new(await callers.ActingPartyAsync(http));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptedCredentials([.. AcceptedCredentials.OfDevelopers, SecuritySchemes.AgentKey]));
}
