using AuthServer.Accounts;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Accounts;

public sealed class PeopleTests
{
    [Fact]
    public async Task A_persons_claims_are_those_of_the_account_and_nobody_has_those_of_a_disabled_one()
    {
        await using var server = await Flows.StartAsync();
        var people = server.Services.GetRequiredService<People>();
        var ada = await server.QueryAsync(context => context.Users.AsNoTracking().SingleAsync(user => user.Email == Flows.Email));
        var claims = await people.ClaimsAsync(ada.Id, default);

        Assert.Equal(ada.Id, claims!.Subject);
        Assert.Equal("Ada Lovelace", claims.Name);
        Assert.Equal(Flows.Email, claims.Email);
        Assert.Equal(Flows.Email, claims.PreferredUsername);
        Assert.Equal(ada.UpdatedAt, claims.UpdatedAt);
        Assert.False(claims.PhoneNumberVerified);
        Assert.Null(await people.ClaimsAsync("usr_unknown", default));

        await server.QueryAsync(async context =>
        {
            (await context.Users.SingleAsync(user => user.Id == ada.Id)).Disabled = true;
            return await context.SaveChangesAsync();
        });
        Assert.Null(await people.ClaimsAsync(ada.Id, default));
    }
}
