package dev.longshore.cli;

import dev.longshore.http.Headers;
import java.util.Base64;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `longshore docker push`, without credentials.
@Command(name = "push", description = "Sends an image to its registry.")
final class DockerPushCommand implements Callable<Integer> {

    private static final String NO_CREDENTIALS =
            Base64.getEncoder().encodeToString("{}".getBytes(java.nio.charset.StandardCharsets.US_ASCII));

    @ParentCommand
    private DockerCommand docker;

    @Parameters(paramLabel = "NAME[:TAG]")
    private String name;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ImageName image = ImageName.parse(name);
        docker.engine().stream(
                "POST",
                "/images/" + image.repository() + "/push?tag=" + image.tag(),
                Headers.of("X-Registry-Auth", NO_CREDENTIALS),
                null,
                spec.commandLine().getOut());
        return 0;
    }
}
