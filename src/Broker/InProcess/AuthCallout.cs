using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NatsKestrel.Broker.Accounts;
using NatsKestrel.Broker.Accounts.Authentication;
using NatsKestrel.Broker.Accounts.Callout;
using NatsKestrel.Broker.Connections;

namespace NatsKestrel.Broker.InProcess;

/// <summary>Asks the service that decides who may log in, by a request in its account.</summary>
internal sealed class AuthCallout(ConnectionServices services, ServerIdentity identity, ILogger<AuthCallout> logger) : ICallout, IHostedService
{
    private readonly ConcurrentDictionary<Account, InProcessClient> _clients = new();

    /// <inheritdoc/>
    public bool CanAsk => identity.Key is not null;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        services.Authenticator.Callout = this;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (InProcessClient client in _clients.Values)
        {
            client.Dispose();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<LoginOutcome> AskAsync(CalloutRules rules, LoginRequest request)
    {
        if (identity.Key is not { } key || !services.Accounts.TryGet(rules.Account, out Account? account))
        {
            return LoginOutcome.Refused;
        }

        DateTimeOffset now = services.Time.GetUtcNow();
        TimeSpan timeout = services.Settings.LoginTimeout;
        var server = new CalloutRequest.Server(identity.ServerName, services.Info.Host, identity.ServerId, ServerIdentity.Version);
        var question = CalloutRequest.From(rules, request, server, now, timeout);
        string? answer = await AskAsync(account, key.SignJwt(question.ToJson()), timeout).ConfigureAwait(false);
        string problem = "no answer came in time";
        User? user = answer is null ? null : CalloutAnswer.Read(answer, rules, question, request, services.Accounts, services.Time.GetUtcNow(), out problem);
        if (user is null && services.MayLog(services.LoginLog))
        {
            logger.CalloutRefused(request.ConnectionId, rules.Account, problem);
        }

        return new LoginOutcome(user, user is null ? new CalloutRefusal(account, problem) : null);
    }

    private async Task<string?> AskAsync(Account account, string question, TimeSpan timeout)
    {
        long start = services.Time.GetTimestamp();
        try
        {
            NatsMessage answer = await Client(account)
                .RequestAsync(Encoding.ASCII.GetString(CalloutRules.Subject), Encoding.ASCII.GetBytes(question), timeout: timeout).ConfigureAwait(false);
            return answer.Text;
        }
        catch (NoRespondersException)
        {
            // A service that is away costs what one costs that is silent, as with nats-server: clients that come again and again are not in a hurry.
            TimeSpan left = timeout - services.Time.GetElapsedTime(start);
            await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, services.Time).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception) when (exception is TimeoutException or NatsException or ObjectDisposedException)
        {
            return null;
        }
    }

    // Known to nobody but this server: monitoring lists clients.
    private InProcessClient Client(Account account) => _clients.GetOrAdd(
        account, static (account, services) => new InProcessClient(services.Registry.NextId(), account, new InProcessClientOptions { IsServer = true }, services), services);
}
