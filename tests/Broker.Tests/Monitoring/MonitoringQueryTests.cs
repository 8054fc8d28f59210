using Microsoft.AspNetCore.Http;
using NatsKestrel.Broker.Monitoring;
using Xunit;

namespace NatsKestrel.Broker.Tests.Monitoring;

/// <summary>The texts are what nats-server 2.15.1 answers to the same query.</summary>
public sealed class MonitoringQueryTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("?b", false)]
    [InlineData("?b=", false)]
    [InlineData("?b=1", true)]
    [InlineData("?b=t", true)]
    [InlineData("?b=T", true)]
    [InlineData("?b=true", true)]
    [InlineData("?b=TRUE", true)]
    [InlineData("?b=True", true)]
    [InlineData("?b=0", false)]
    [InlineData("?b=f", false)]
    [InlineData("?b=F", false)]
    [InlineData("?b=false", false)]
    [InlineData("?b=FALSE", false)]
    [InlineData("?b=False", false)]
    [InlineData("?b=1&b=maybe", true)]
    [InlineData("?B=maybe", false)]
    public void A_boolean_has_six_spellings_each_way(string query, bool value)
    {
        var read = new MonitoringQuery(new QueryString(query));

        Assert.Equal(value, read.Boolean("b"));
        Assert.Null(read.Error);
    }

    [Theory]
    [InlineData("?auth=maybe", "Error decoding boolean for 'auth': strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("?auth=tRUE", "Error decoding boolean for 'auth': strconv.ParseBool: parsing \"tRUE\": invalid syntax")]
    [InlineData("?auth=caf%C3%A9%22%0a%01%F0%9F%98%80", "Error decoding boolean for 'auth': strconv.ParseBool: parsing \"café\\\"\\n\\x01😀\": invalid syntax")]
    public void A_wrong_boolean_is_told_in_Go_s_words(string query, string error)
    {
        var read = new MonitoringQuery(new QueryString(query));

        read.Boolean("auth");

        Assert.Equal(error, read.Error);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("?n=", 0)]
    [InlineData("?n=5", 5)]
    [InlineData("?n=%2B5", 5)]
    [InlineData("?n=-5", -5)]
    [InlineData("?n=007", 7)]
    [InlineData("?n=9223372036854775807", long.MaxValue)]
    [InlineData("?n=1&n=x", 1)]
    public void An_integer_is_decimal_and_may_have_a_sign(string query, long value)
    {
        var read = new MonitoringQuery(new QueryString(query));

        Assert.Equal(value, read.Integer("n"));
        Assert.Null(read.Error);
    }

    [Theory]
    [Trait("Safety", "MON-5")]
    [InlineData("x", "\"x\": invalid syntax")]
    [InlineData("+5", "\" 5\": invalid syntax")]
    [InlineData("1_000", "\"1_000\": invalid syntax")]
    [InlineData("0x10", "\"0x10\": invalid syntax")]
    [InlineData("x%3Cy", "\"x<y\": invalid syntax")]
    [InlineData("-", "\"-\": invalid syntax")]
    [InlineData("99999999999999999999", "\"99999999999999999999\": value out of range")]
    [InlineData("-99999999999999999999", "\"-99999999999999999999\": value out of range")]
    public void A_wrong_integer_is_told_in_Go_s_words(string value, string error)
    {
        var read = new MonitoringQuery(new QueryString("?offset=" + value));

        read.Integer("offset");

        Assert.Equal("Error decoding int for 'offset': strconv.Atoi: parsing " + error, read.Error);
    }

    [Theory]
    [Trait("Safety", "MON-5")]
    [InlineData("-1", "\"-1\": invalid syntax")]
    [InlineData("%2B5", "\"+5\": invalid syntax")]
    [InlineData("18446744073709551616", "\"18446744073709551616\": value out of range")]
    public void A_wrong_connection_number_is_told_in_Go_s_words(string value, string error)
    {
        var read = new MonitoringQuery(new QueryString("?cid=" + value));

        read.Unsigned("cid");

        Assert.Equal("Error decoding uint64 for 'cid': strconv.ParseUint: parsing " + error, read.Error);
    }

    [Fact]
    public void The_first_thing_that_is_wrong_is_told()
    {
        var read = new MonitoringQuery(new QueryString("?offset=x&auth=maybe"));

        read.Boolean("auth");
        read.Integer("offset");

        Assert.StartsWith("Error decoding boolean for 'auth'", read.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "None")]
    [InlineData("?subs=0", "None")]
    [InlineData("?subs=true", "Subjects")]
    [InlineData("?subs=DeTail", "Details")]
    public void Subscriptions_are_listed_not_at_all_or_by_subject_or_in_detail(string query, string list) =>
        Assert.Equal(list, new MonitoringQuery(new QueryString(query)).Subscriptions("subs").ToString());
}
