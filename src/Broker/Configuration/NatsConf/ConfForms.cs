using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NatsKestrel.Broker.Configuration.NatsConf;

/// <summary>What the value of a key may look like: one method for each form, which converts it to the option's text.</summary>
/// <remarks>The texts are nats-server's. No value stands in them, unless it is one that nobody keeps secret.</remarks>
internal static class ConfForms
{
    public static void Text(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryText(scope, entry, out string? text))
        {
            scope.Set(option, text, entry);
        }
    }

    /// <summary>A password, a token or the like: never to be shown.</summary>
    public static void Secret(ConfScope scope, ConfEntry entry, string option)
    {
        scope.Settings.HasSecrets = true;
        Text(scope, entry, option);
    }

    public static void Flag(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryFlag(scope, entry, out bool isOn))
        {
            scope.Set(option, isOn, entry);
        }
    }

    public static void Integer(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryInteger(scope, entry, out long number))
        {
            scope.Set(option, number, entry);
        }
    }

    /// <summary>A number of which 0 means the default.</summary>
    public static void IntegerOrDefault(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryInteger(scope, entry, out long number) && number != 0)
        {
            scope.Set(option, number, entry);
        }
    }

    /// <summary>A number of which those below 0 mean the same as 0.</summary>
    public static void IntegerFromZero(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryInteger(scope, entry, out long number))
        {
            scope.Set(option, Math.Max(0, number), entry);
        }
    }

    /// <summary>Bytes, which must fit 31 bits; 0 is the default.</summary>
    public static void Size(ConfScope scope, ConfEntry entry, string option)
    {
        if (!TryInteger(scope, entry, out long number))
        {
            return;
        }

        if (number > int.MaxValue)
        {
            scope.Error(entry.Position, $"{entry.Key.ToLowerInvariant()} value is too big");
        }
        else if (number != 0)
        {
            scope.Set(option, number, entry);
        }
    }

    public static void SubjectTokens(ConfScope scope, ConfEntry entry, string option)
    {
        if (!TryInteger(scope, entry, out long number))
        {
            return;
        }

        if (number is <= 0 or > 255)
        {
            scope.Error(entry.Position, number <= 0 ? "max_sub_tokens value can not be negative" : "max_sub_tokens value is too big");
        }
        else
        {
            scope.Set(option, number, entry);
        }
    }

    /// <summary>A duration such as <c>"2m"</c>; a bare number is seconds, with a warning. 0 is the default.</summary>
    public static void Duration(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryDuration(scope, entry, out var time) && time != TimeSpan.Zero)
        {
            scope.Set(option, time, entry);
        }
    }

    /// <summary>The same without the warning, and with 0 and less for no limit.</summary>
    public static void DurationOrSeconds(ConfScope scope, ConfEntry entry, string option)
    {
        switch (entry.Value)
        {
            case ConfInteger seconds:
                scope.Set(option, Seconds(Math.Max(0, seconds.Number)), entry);
                break;
            case ConfText text when GoDuration.Parse(text.Text) is { } time:
                scope.Set(option, time > TimeSpan.Zero ? time : TimeSpan.Zero, entry);
                break;
            case ConfText text:
                scope.Error(entry.Position, GoDuration.Problem(text.Text));
                break;
            default:
                scope.Error(entry.Position, $"error parsing {entry.Key.ToLowerInvariant().Replace('_', ' ')}: unsupported type {entry.Value.TypeName}");
                break;
        }
    }

    /// <summary>A duration in quotes and nothing else.</summary>
    public static bool TryDurationText(ConfScope scope, ConfEntry entry, out TimeSpan time)
    {
        time = default;
        if (!TryText(scope, entry, out string? text))
        {
            return false;
        }

        if (GoDuration.Parse(text) is { } parsed)
        {
            time = parsed;
            return true;
        }

        scope.Error(entry.Position, $"error parsing {entry.Key.ToLowerInvariant()}: {GoDuration.Problem(text)}");
        return false;
    }

    public static void LameDuckDuration(ConfScope scope, ConfEntry entry, string option)
    {
        if (!TryDurationText(scope, entry, out var time))
        {
            return;
        }

        if (time < TimeSpan.FromSeconds(30))
        {
            scope.Error(entry.Position, $"invalid lame_duck_duration of {((ConfText)entry.Value).Text}, minimum is 30 seconds");
            return;
        }

        scope.Set(option, time, entry);
    }

    public static void LameDuckGracePeriod(ConfScope scope, ConfEntry entry, string option)
    {
        if (!TryDurationText(scope, entry, out var time))
        {
            return;
        }

        if (time < TimeSpan.Zero)
        {
            scope.Error(entry.Position, "invalid lame_duck_grace_period, needs to be positive");
            return;
        }

        scope.Set(option, time, entry);
    }

    /// <summary>Seconds, with a fraction or not, or a duration in quotes: the time a login or a handshake may take.</summary>
    public static void LoginTimeout(ConfScope scope, ConfEntry entry, string option, string block)
    {
        TimeSpan? time = entry.Value switch
        {
            ConfInteger seconds => Seconds(seconds.Number),
            ConfFloat seconds => Seconds(seconds.Number),
            ConfText text => GoDuration.Parse(text.Text),
            _ => null,
        };
        if (time is { } found)
        {
            WarnOfLongTimeout(scope, entry, found, block);
            scope.Set(option, found, entry);
            return;
        }

        scope.Error(entry.Position, entry.Value is ConfText wrong
            ? $"error parsing {block} config, 'timeout' {GoDuration.Problem(wrong.Text)}"
            : $"error parsing {block} config, 'timeout' wrong type");
    }

    /// <summary>A text, or a list of texts, of something that messages call <paramref name="what"/>.</summary>
    public static ConfForm Texts(string what) => (scope, entry, option) =>
    {
        if (TryTexts(scope, entry, what, out var texts))
        {
            SetList(scope, entry, option, texts);
        }
    };

    /// <summary>A list of texts and nothing else.</summary>
    public static void TextArray(ConfScope scope, ConfEntry entry, string option)
    {
        if (TryArray(scope, entry, out var array) && TryItems(scope, entry, array, out var texts))
        {
            SetList(scope, entry, option, texts);
        }
    }

    /// <summary>A block of its own keys.</summary>
    /// <param name="block">Its keys.</param>
    /// <param name="typeText">What is said of anything else, before its type.</param>
    public static ConfForm Block(ConfBlock block, string? typeText = null) => (scope, entry, option) =>
    {
        if (entry.Value is ConfMap map)
        {
            block.Read(option.Length == 0 ? scope : scope.Below(option), map.Entries);
        }
        else
        {
            scope.Error(entry.Position, typeText is null ? Conversion(entry.Value, "map[string]interface {}") : $"{typeText}, got {entry.Value.TypeName}");
        }
    };

    /// <summary>A list of blocks, which are only checked.</summary>
    public static ConfForm Blocks(ConfBlock block, string name) => (scope, entry, _) =>
    {
        if (entry.Value is not ConfArray array)
        {
            scope.Error(entry.Position, $"Expected {name} field to be an array, got {entry.Value.TypeName}");
            return;
        }

        foreach (var item in array.Items)
        {
            if (item is ConfMap map)
            {
                block.Read(scope, map.Entries);
            }
            else
            {
                scope.Error(item.Position, $"Expected {name} entry to be a map/struct, got {item.TypeName}");
            }
        }
    };

    /// <summary>Whatever stands there.</summary>
    public static void Anything(ConfScope scope, ConfEntry entry, string option)
    {
    }

    public static bool TryText(ConfScope scope, ConfEntry entry, [NotNullWhen(true)] out string? text)
    {
        text = (entry.Value as ConfText)?.Text;
        return text is not null || Refuse(scope, entry.Position, entry.Value, "string");
    }

    public static bool TryFlag(ConfScope scope, ConfEntry entry, out bool isOn)
    {
        isOn = entry.Value is ConfFlag { IsOn: true };
        return entry.Value is ConfFlag || Refuse(scope, entry.Position, entry.Value, "bool");
    }

    public static bool TryInteger(ConfScope scope, ConfEntry entry, out long number)
    {
        number = (entry.Value as ConfInteger)?.Number ?? 0;
        return entry.Value is ConfInteger || Refuse(scope, entry.Position, entry.Value, "int64");
    }

    public static bool TryArray(ConfScope scope, ConfEntry entry, [NotNullWhen(true)] out ConfArray? array)
    {
        array = entry.Value as ConfArray;
        return array is not null || Refuse(scope, entry.Position, entry.Value, "[]interface {}");
    }

    public static bool TryTexts(ConfScope scope, ConfEntry entry, string what, out List<string> texts)
    {
        texts = [];
        switch (entry.Value)
        {
            case ConfText text:
                texts.Add(text.Text);
                return true;
            case ConfArray array:
                return TryItems(scope, entry, array, out texts, what);
            default:
                scope.Error(entry.Position, $"error parsing {what}: unsupported type {entry.Value.TypeName}");
                return false;
        }
    }

    public static void SetList(ConfScope scope, ConfEntry entry, string option, IReadOnlyList<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            scope.Set($"{option}:{i}", texts[i], entry);
        }
    }

    public static string Conversion(ConfValue value, string wanted) => $"interface conversion: interface {{}} is {value.TypeName}, not {wanted}";

    /// <summary>A value as nats-server's messages show it: of maps and arrays only what they are.</summary>
    public static string Show(ConfValue value) => value switch
    {
        ConfText text => text.Text,
        ConfInteger integer => integer.Number.ToString(CultureInfo.InvariantCulture),
        ConfFloat number => number.Number.ToString(CultureInfo.InvariantCulture),
        ConfFlag flag => flag.IsOn ? "true" : "false",
        _ => value.TypeName,
    };

    private static bool TryItems(ConfScope scope, ConfEntry entry, ConfArray array, out List<string> texts, string? what = null)
    {
        texts = [];
        foreach (var item in array.Items)
        {
            if (item is not ConfText text)
            {
                scope.Error(item.Position, what is null ? Conversion(item, "string") : $"error parsing {what}: unsupported type in array {item.TypeName}");
                return false;
            }

            texts.Add(text.Text);
        }

        return true;
    }

    private static bool TryDuration(ConfScope scope, ConfEntry entry, out TimeSpan time)
    {
        if (entry.Value is ConfText)
        {
            return TryDurationText(scope, entry, out time);
        }

        string name = entry.Key.ToLowerInvariant();
        scope.Warn(entry.Position, $"invalid use of field \"{name}\": {name} should be converted to a duration");
        bool isNumber = TryInteger(scope, entry, out long seconds);
        time = isNumber ? Seconds(seconds) : default;
        return isNumber;
    }

    // A time of more than 29,000 years is not told from one of 29,000.
    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -9e11, 9e11));

    private static void WarnOfLongTimeout(ConfScope scope, ConfEntry entry, TimeSpan time, string block)
    {
        if (block == "authorization" && time > TimeSpan.FromSeconds(60))
        {
            string seconds = time.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture);
            scope.Warn(entry.Position, $"invalid use of field \"timeout\": timeout of {Show(entry.Value)} ({seconds} seconds) is high, "
                + "consider keeping it under 60 seconds. possibly caused by unquoted duration; use '1m' instead of 1m, for example");
        }
    }

    private static bool Refuse(ConfScope scope, ConfPosition position, ConfValue value, string wanted)
    {
        scope.Error(position, Conversion(value, wanted));
        return false;
    }
}
