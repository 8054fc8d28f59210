using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace NatsKestrel.Broker.Configuration;

/// <summary>The classes that are sections of options, each with its properties.</summary>
/// <remarks>Named one by one, so that their properties are still there when the server is compiled ahead of time.</remarks>
internal static class OptionSections
{
    private static readonly Dictionary<Type, Func<PropertyInfo[]>> Sections = [];

    static OptionSections()
    {
        Add<AccountLimitOptions>();
        Add<AccountOptions>();
        Add<AlarmOptions>();
        Add<AuthCalloutOptions>();
        Add<AuthorizationOptions>();
        Add<ConsoleOptions>();
        Add<ConsoleUserOptions>();
        Add<ExportOptions>();
        Add<HttpOptions>();
        Add<ImportOptions>();
        Add<ImportSourceOptions>();
        Add<KeepAliveOptions>();
        Add<LameDuckOptions>();
        Add<LatencyOptions>();
        Add<LimitOptions>();
        Add<LoggingOptions>();
        Add<MappingDestinationOptions>();
        Add<MappingOptions>();
        Add<MessageTraceOptions>();
        Add<MonitoringOptions>();
        Add<NatsBrokerOptions>();
        Add<NatsHubOptions>();
        Add<NatsWebSocketOptions>();
        Add<PermissionOptions>();
        Add<ResolverOptions>();
        Add<ResolverPreloadOptions>();
        Add<ResponsePermissionOptions>();
        Add<SlowConsumerOptions>();
        Add<SubjectPermissionOptions>();
        Add<TlsOptions>();
        Add<UserOptions>();
        Add<WebSocketAuthorizationOptions>();
    }

    /// <summary>The options of a section; null where the type is none.</summary>
    public static PropertyInfo[]? Find(Type type) => Sections.TryGetValue(type, out Func<PropertyInfo[]>? properties) ? properties() : null;

    private static void Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>() =>
        Sections.Add(typeof(T), static () => typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance));
}
