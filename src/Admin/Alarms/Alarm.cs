namespace NatsKestrel.Admin.Alarms;

/// <summary>Something that somebody should look at now.</summary>
/// <param name="Rule">Name of the rule that raised it: <c>pending</c>, <c>slow</c>, <c>drop_to_zero</c>, <c>reconnect_storm</c>.</param>
/// <param name="Since">When it was raised.</param>
/// <param name="Text">What is the matter, for people.</param>
/// <param name="Page">The console's page that shows more.</param>
internal sealed record Alarm(string Rule, DateTimeOffset Since, string Text, string Page);
