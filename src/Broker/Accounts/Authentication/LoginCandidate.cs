namespace NatsKestrel.Broker.Accounts.Authentication;

/// <summary>Who a client may be, once it is known whether it has the secret.</summary>
/// <param name="User">Null where it is nobody, whatever it knows.</param>
/// <param name="Secret">What it must know; null where nothing more needs to be asked.</param>
/// <param name="Given">What it says that is.</param>
internal readonly record struct LoginCandidate(User? User, Secret? Secret = null, string Given = "");
