namespace NatsKestrel.Broker.Monitoring;

/// <summary>Which connections <c>/connz</c> lists.</summary>
internal enum ConnectionState
{
    Open,
    Closed,
    All,

    /// <summary>Neither: a state that requests of the system account may name, and no connection is in.</summary>
    None,
}

/// <summary>What was asked of <c>/connz</c>.</summary>
/// <param name="Sort">Order of the list.</param>
/// <param name="WithUsers">Adds user and account.</param>
/// <param name="Subscriptions">Adds subscriptions.</param>
/// <param name="Page">Which part of the list.</param>
/// <param name="ConnectionId">Only this connection; 0 for all.</param>
/// <param name="State">Open connections, closed ones, or both.</param>
/// <param name="User">Only this user's; empty for all.</param>
/// <param name="Account">Only this account's; empty for all.</param>
/// <param name="MqttClient">Only this MQTT client's; empty for all.</param>
/// <param name="FilterSubject">Only connections that listen to any of this; empty for all. Only requests of the system account say it.</param>
internal sealed record ConnzRequest(
    ConnectionSort Sort,
    bool WithUsers,
    SubscriptionList Subscriptions,
    Page Page,
    ulong ConnectionId,
    ConnectionState State,
    string User,
    string Account,
    string MqttClient,
    string FilterSubject = "")
{
    /// <summary>The parameters, for an API description.</summary>
    public static readonly MonitoringParameter[] Parameters =
    [
        new("sort", typeof(string), "Order of the list: cid, start and uptime ascending, reason by its text, all others descending. stop and reason need state=closed.", ConnectionSort.Names, "cid"),
        new("auth", typeof(bool), "Adds the user and the account of each connection.", Default: false),
        new("subs", typeof(string), "1 adds the subjects each connection listens to, detail adds its subscriptions.", ["0", "1", "detail"], "0"),
        .. Page.Parameters,
        new("cid", typeof(ulong), "Only the connection of this number."),
        new("state", typeof(string), "Open connections, those that ended lately, or both.", ["open", "closed", "all", "any"], "open"),
        new("user", typeof(string), "Only connections of this user."),
        new("acc", typeof(string), "Only connections of this account."),
        new("mqtt_client", typeof(string), "Only the connection of this MQTT client id."),
    ];

    /// <summary>Reads the parameters; what is wrong with them is in the query's error.</summary>
    public static ConnzRequest Read(MonitoringQuery query)
    {
        bool withUsers = query.Boolean("auth");
        var subscriptions = query.Subscriptions("subs");
        var page = Page.Read(query);
        ulong connectionId = query.Unsigned("cid");
        var state = ReadState(query);
        return new ConnzRequest(
            ReadSort(query, state),
            withUsers,
            subscriptions,
            connectionId > 0 ? page with { Limit = 1 } : page,
            connectionId,
            state,
            query.Text("user"),
            query.Text("acc"),
            query.Text("mqtt_client"));
    }

    private static ConnectionSort ReadSort(MonitoringQuery query, ConnectionState state)
    {
        ConnectionSort sort = ConnectionSort.Find(query.Text("sort"), state == ConnectionState.Closed, out string? problem);
        if (problem is not null)
        {
            query.Fail(problem);
        }

        return sort;
    }

    private static ConnectionState ReadState(MonitoringQuery query)
    {
        string text = query.Text("state");
        switch (text.ToUpperInvariant())
        {
            case "" or "OPEN": return ConnectionState.Open;
            case "CLOSED": return ConnectionState.Closed;
            case "ALL" or "ANY": return ConnectionState.All;
            default:
                query.Fail($"Error decoding state for {text}");
                return ConnectionState.Open;
        }
    }
}
