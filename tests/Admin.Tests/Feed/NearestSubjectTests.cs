using NatsKestrel.Admin.Feed;
using Xunit;

namespace NatsKestrel.Admin.Tests.Feed;

public sealed class NearestSubjectTests
{
    [Theory]
    [InlineData("order.created", "orders.created")]
    [InlineData("Orders.Created", "orders.created")]
    [InlineData("payments.refund", null)]
    public void A_misspelt_subject_has_its_neighbour(string subject, string? nearest)
    {
        Assert.Equal(nearest, NearestSubject.Find(subject, ["orders.created", "stock.>", "a"]));
    }

    [Fact]
    public void Subjects_of_any_length_are_taken()
    {
        Assert.Null(NearestSubject.Find(new string('a', 100_000), ["a"]));
    }
}
