using NatsKestrel.LoadGenerator;

if (args.Length == 0 || args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(Options.Help);
    return args.Length == 0 ? 2 : 0;
}

try
{
    var options = Options.Parse(args);
    Comparison.Run(options, progress: Console.Error).WriteTo(Console.Out);
    return 0;
}
catch (OptionException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}
catch (LoadException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
