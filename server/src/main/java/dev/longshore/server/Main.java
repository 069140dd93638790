package dev.longshore.server;

import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.Commands;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// The program: one command line, one exit status, one line when something is wrong.
@Command(
        name = "longshore",
        description = "Container packaging and orchestration as one program.",
        footer = {
            "",
            "  longshore up      starts the platform",
            "  longshore down    stops it; with --purge forgets it",
            "  longshore test    runs the project's own tests"
        })
public final class Main {

    private Main() {}

    /// Runs the command that `args` name and exits with its status.
    public static void main(String[] args) {
        CommandLine line = commandLine();
        try {
            ConfigFile.apply(line, List.of(args));
        } catch (CommandFailure unusable) {
            line.getErr().println("longshore: " + unusable.getMessage());
            System.exit(ExitCode.USAGE);
        }
        System.exit(line.execute(args));
    }

    static CommandLine commandLine() {
        var line = new CommandLine(new Main());
        List.of(
                        new UpCommand(),
                        new DownCommand(),
                        new WarmCommand(),
                        new ControlPlaneCommand(),
                        new CertsCommand(),
                        new BackupCommand(),
                        new RestoreCommand(),
                        new StoreCommand(),
                        new MigrateCommand())
                .forEach(line::addSubcommand);
        Commands.all().forEach(line::addSubcommand);
        line.addSubcommand(new CommandLine.HelpCommand());
        explainThemselves(line);
        line.setExecutionExceptionHandler(failed());
        line.setParameterExceptionHandler(misused());
        return line;
    }

    /// Every command answers to `--help`.
    private static void explainThemselves(CommandLine line) {
        if (line.getCommandSpec().findOption("--help") == null) {
            line.getCommandSpec()
                    .addOption(OptionSpec.builder("--help")
                            .usageHelp(true)
                            .description("shows this text")
                            .build());
        }
        line.getSubcommands().values().forEach(Main::explainThemselves);
    }

    private static IExecutionExceptionHandler failed() {
        return (failure, line, parsed) -> {
            if (failure instanceof CommandFailure) {
                line.getErr().println("longshore: " + failure.getMessage());
            } else {
                line.getErr().println("longshore: internal error: " + failure);
                if (System.getenv("LONGSHORE_DEBUG") != null) {
                    failure.printStackTrace(line.getErr());
                }
            }
            return ExitCode.SOFTWARE;
        };
    }

    private static IParameterExceptionHandler misused() {
        return (ParameterException misuse, String[] args) -> {
            CommandLine line = misuse.getCommandLine();
            line.getErr()
                    .printf(
                            "longshore: %s (see `longshore help%s`)%n",
                            misuse.getMessage(), line.getParent() == null ? "" : " " + line.getCommandName());
            return ExitCode.USAGE;
        };
    }
}
