using AuthServer.Http.Api;

namespace AuthServer.Delegations;

/// <summary>One sentence for every way in which a delegation can be refused; the trail has the reason.</summary>
internal static class DelegationRefusal
{
    public static Problem Of(string reason) => Problem.Forbidden(
        "delegation_refused", "This cannot be delegated: it goes beyond what may be passed on, or something that it hangs on has ended.") with
    { Reason = reason };
}
