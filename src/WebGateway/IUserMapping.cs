using System.Security.Claims;

namespace NatsKestrel.WebGateway;

/// <summary>Says who an ASP.NET Core user is in NATS. Register your own to put users into accounts.</summary>
public interface IUserMapping
{
    /// <summary>The NATS user that a request stands for.</summary>
    /// <param name="principal">The user of the request; without an identity where nobody logged in.</param>
    /// <returns>Null refuses it.</returns>
    NatsUser? Map(ClaimsPrincipal principal);
}
