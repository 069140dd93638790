package dev.longshore.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `longshore encryption status`.
@Command(name = "status", description = "Tells how many objects are stored under which key.")
final class EncryptionStatusCommand implements Callable<Integer> {

    private static final String ROW = "%-40s %-28s %s%n";

    @Mixin
    private ClusterOptions cluster;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        JsonNode counts = new ControlClient(cluster.directory()).encryption();
        PrintWriter out = spec.commandLine().getOut();
        out.printf(ROW, "RESOURCE", "KEY", "OBJECTS");
        counts.properties()
                .forEach(resource -> resource.getValue()
                        .properties()
                        .forEach(key -> out.printf(
                                ROW,
                                resource.getKey(),
                                key.getKey(),
                                key.getValue().asLong())));
        out.flush();
        return 0;
    }
}
