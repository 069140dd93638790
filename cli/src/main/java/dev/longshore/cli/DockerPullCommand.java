package dev.longshore.cli;

import dev.longshore.http.Headers;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `longshore docker pull`, without credentials.
@Command(name = "pull", description = "Fetches an image from its registry.")
final class DockerPullCommand implements Callable<Integer> {

    @ParentCommand
    private DockerCommand docker;

    @Parameters(paramLabel = "NAME[:TAG]")
    private String name;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        docker.engine().stream(
                "POST",
                "/images/create?" + ImageName.parse(name).query("fromImage", "tag"),
                Headers.EMPTY,
                null,
                spec.commandLine().getOut());
        return 0;
    }
}
