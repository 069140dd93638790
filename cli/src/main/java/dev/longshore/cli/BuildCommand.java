package dev.longshore.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `longshore build`, the same as `longshore docker build`.
@Command(name = "build", description = "Builds an image from a Dockerfile.")
final class BuildCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster;

    @Mixin
    private BuildOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var line = spec.commandLine();
        return new BuildRun(options, new EngineClient(cluster.directory()), line.getOut(), line.getErr()).run();
    }
}
