package dev.longshore.cli;

import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `longshore status`. Exits with 3 when no server runs, as service managers expect.
@Command(name = "status", description = "Tells whether the platform runs, and where.")
final class StatusCommand implements Callable<Integer> {

    private static final int NOT_RUNNING = 3;

    @Mixin
    private ClusterOptions cluster;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        DataDirectory directory = cluster.directory();
        Optional<JsonNode> status = new ControlClient(directory).status();
        if (status.isEmpty()) {
            out.printf("not running on %s; start it with `longshore up`%n", directory.root());
            out.flush();
            return NOT_RUNNING;
        }
        JsonNode said = status.get();
        out.printf(
                "%-12s running (pid %s, since %s)%n",
                said.path("name").asString(),
                said.path("pid").asString(),
                said.path("since").asString());
        out.printf(
                "node         %s %s%n",
                said.path("node").asString(), said.path("ready").asBoolean() ? "Ready" : "NotReady");
        out.printf("API server   %s%n", said.path("server").asString());
        out.printf("registry     %s%n", said.path("registry").asString());
        out.printf("docker       unix://%s%n", directory.dockerSocket());
        out.printf("kubeconfig   %s%n", directory.kubeconfig());
        if (said.has("snapshots")) {
            out.printf(
                    "snapshots    %d%s%n",
                    said.path("snapshots").asInt(),
                    said.path("newestSnapshot").asString().isEmpty()
                            ? ", none yet"
                            : ", the newest " + said.path("newestSnapshot").asString());
        }
        said.path("warnings").forEach(warning -> out.printf("warning      %s%n", warning.asString()));
        out.flush();
        return 0;
    }
}
