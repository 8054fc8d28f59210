using Microsoft.Playwright;

namespace NatsKestrel.Browser.Tests;

/// <summary>The pages of the console, each in a state that shows something.</summary>
internal static class ConsolePages
{
    public static readonly string[] All =
    [
        "connections", "connections?state=closed", "connections/1", "connections/1/sees", "subjects", "receivers?subject=orders.eu.created", "slow", "nobody", "tap?subject=orders.%3E", "publish?subject=payments.authorize", "services", "security", "logs", "config", "audit", "",
    ];

    /// <summary>The name of its picture.</summary>
    public static string NameOf(string path) => path switch
    {
        "" => "overview",
        "connections/1" => "connection",
        "connections/1/sees" => "sees",
        "connections?state=closed" => "closed",
        _ => path.Split('?')[0],
    };

    /// <summary>Waits until the page has something to show, and opens what is folded.</summary>
    public static async Task PrepareAsync(IPage page, string path, bool withRates)
    {
        switch (path.Split('?')[0])
        {
            case "subjects":
                await page.GetByRole(AriaRole.Treeitem).Filter(new() { HasText = "orders" }).First.ClickAsync();
                await page.GetByRole(AriaRole.Treeitem).Filter(new() { HasText = "eu" }).First.ClickAsync();
                break;
            case "tap":
                await page.GetByLabel("Messages").Locator("tbody button").First.ClickAsync();
                break;
            case "publish":
                await page.GetByLabel("Payload", new() { Exact = true }).FillAsync("{\"amount\":42}");
                await page.GetByLabel("Answers to wait for").FillAsync("1");
                await page.GetByLabel("Answers to wait for").PressAsync("Tab");
                await page.GetByRole(AriaRole.Button, new() { Name = "Request" }).ClickAsync();
                await page.GetByText("One answer after").WaitForAsync();
                break;
            case "services":
                await page.GetByRole(AriaRole.Heading, new() { Name = "greeter" }).WaitForAsync();
                break;
            case "security":
                await page.GetByText("without publish.deny: orders.>").First.WaitForAsync();
                break;
            case "nobody":
                await page.GetByText("order.eu.created").First.WaitForAsync();
                break;
            default:
                break;
        }

        if (withRates)
        {
            await TwoTicksAsync(page);
        }
    }

    /// <summary>Waits in the browser until the page has been refreshed twice: rates need two looks at the server.</summary>
    public static Task TwoTicksAsync(IPage page) => page.EvaluateAsync("() => new Promise(resolve => setTimeout(resolve, 2500))");
}
