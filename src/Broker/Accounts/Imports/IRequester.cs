namespace NatsKestrel.Broker.Accounts.Imports;

/// <summary>Whoever sends requests to services of other accounts, and what those may be told of it.</summary>
internal interface IRequester
{
    /// <summary>What goes into <c>Nats-Request-Info</c>.</summary>
    /// <param name="isShared">True where the import lets all of it be known, not the account alone.</param>
    RequestInfo DescribeSelf(bool isShared);
}
