using Microsoft.Playwright;
using NatsKestrel.Testing;
using Xunit;

namespace NatsKestrel.Browser.Tests;

/// <summary>Takes the pictures of docs/console, from a broker that is at work.</summary>
[Collection(nameof(ConsoleCollection))]
public sealed class ScreenshotTests(BusyBroker broker)
{
    private static readonly bool IsKept = Environment.GetEnvironmentVariable("CONSOLE_SCREENSHOTS") == "1";

    /// <summary>All of them in both themes where the pictures are wanted; elsewhere one, to see that they can be taken.</summary>
    public static TheoryData<string, bool> Pages =>
        new((IsKept ? ConsolePages.All : [""]).SelectMany(path => new[] { (path, false), (path, true) }));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Every_page_can_be_looked_at(string path, bool isDark)
    {
        IPage page = await broker.SignedInAsync(isDark);
        await broker.OpenAsync(page, path);

        byte[] picture = await page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true });

        Assert.True(picture.Length > 5000);
        if (IsKept)
        {
            string folder = Path.Combine(Repository.Root, "docs", "console");
            Directory.CreateDirectory(folder);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{ConsolePages.NameOf(path)}-{(isDark ? "dark" : "light")}.png"), picture, TestContext.Current.CancellationToken);
        }
    }
}
