using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Approvals;

public static class ApprovalsRegistration
{
    public static IServiceCollection AddApprovals(this IServiceCollection services) => services
        .AddSingleton<ApprovalMails>()
        .AddSingleton<ApprovalDesk>()
        .AddSingleton<ApprovalLists>()
        .AddSingleton<FormerApprovals>()
        .AddSingleton<ApprovalAnswers>();
}
