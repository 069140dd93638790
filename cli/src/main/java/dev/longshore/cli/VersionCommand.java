package dev.longshore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `longshore version`.
@Command(name = "version", description = "Prints the versions of Longshore, of the API it serves and of Java.")
final class VersionCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .printf(
                        "Longshore %s (Kubernetes API %s, Java %s)%n",
                        Versions.LONGSHORE,
                        Versions.KUBERNETES,
                        Runtime.version().feature());
        return 0;
    }
}
