namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Decides who a client is by the application's own means: an API key, a bearer token, the user of an HTTP request.</summary>
/// <remarks>
/// Register an implementation as a singleton service. It is asked about every login, before the users in the settings, on
/// threads of all kinds at the same time; while it thinks, nothing more is read from that client. An exception refuses the client.
/// </remarks>
/// <example>
/// <code>
/// builder.Services.AddSingleton&lt;IClientAuthenticator, ApiKeys&gt;();
///
/// internal sealed class ApiKeys(KeyStore keys) : IClientAuthenticator
/// {
///     public async ValueTask&lt;ClientLoginResult&gt; AuthenticateAsync(ClientLogin login) =>
///         await keys.FindOwnerAsync(login.Token) is { } owner
///             ? ClientLoginResult.Accept(new ClientIdentity { Name = owner })
///             : ClientLoginResult.Undecided;
/// }
/// </code>
/// </example>
public interface IClientAuthenticator
{
    /// <summary>Says who the client is.</summary>
    /// <param name="login">What it shows.</param>
    /// <returns><see cref="ClientLoginResult.Accept"/>, <see cref="ClientLoginResult.Refused"/>, or <see cref="ClientLoginResult.Undecided"/>
    /// for the next authenticator and the settings to decide.</returns>
    ValueTask<ClientLoginResult> AuthenticateAsync(ClientLogin login);
}
