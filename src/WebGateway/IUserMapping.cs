using System.Security.Claims;

namespace NatsKestrel.WebGateway;

/// <summary>Says who an ASP.NET Core user is in NATS. Register your own to put users into accounts.</summary>
/// <remarks>A user without an account gets account and permissions of the user of that name in the settings, and is refused where there is none
/// and users must log in. A user with an account may do everything in it: the application has decided.</remarks>
public interface IUserMapping
{
    /// <summary>The NATS user that a request stands for.</summary>
    /// <param name="principal">The user of the request; without an identity where nobody logged in.</param>
    /// <returns>Null refuses it.</returns>
    NatsUser? Map(ClaimsPrincipal principal);
}
