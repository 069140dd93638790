package dev.longshore.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `longshore encryption rewrite`.
@Command(
        name = "rewrite",
        description = "Writes anew what is stored in plain text or under an older key than the first of the file.")
final class EncryptionRewriteCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        JsonNode written = new ControlClient(cluster.directory()).rewriteEncrypted();
        PrintWriter out = spec.commandLine().getOut();
        if (written.isEmpty()) {
            out.println("everything is under the first key already");
        }
        written.properties()
                .forEach(
                        resource -> out.println("rewrote " + resource.getValue().asLong() + " " + resource.getKey()));
        out.flush();
        return 0;
    }
}
