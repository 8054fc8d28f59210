using System.Security.Claims;

namespace NatsKestrel.WebGateway;

/// <summary>Everybody is in the global account, by the name that ASP.NET Core knows.</summary>
internal sealed class SameNameMapping : IUserMapping
{
    public NatsUser? Map(ClaimsPrincipal principal) => new(principal.Identity is { IsAuthenticated: true, Name: { } name } ? name : "");
}
