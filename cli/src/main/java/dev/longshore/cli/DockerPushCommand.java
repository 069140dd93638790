package dev.longshore.cli;

import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `longshore docker push`, with the caller's own credentials.
@Command(name = "push", description = "Sends an image to its registry.")
final class DockerPushCommand implements Callable<Integer> {

    @ParentCommand
    private DockerCommand docker;

    @Parameters(paramLabel = "NAME[:TAG]")
    private String name;

    @Option(names = "--platform", paramLabel = "OS/ARCH", description = "only the image for this platform")
    private String platform = "";

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ImageName image = ImageName.parse(name);
        docker.engine().stream(
                "POST",
                "/images/" + image.repository() + "/push?tag=" + image.tag() + platform(),
                Headers.of(
                        "X-Registry-Auth",
                        RegistryLogins.ofCaller(System.err::println).authHeader(image.repository())),
                null,
                spec.commandLine().getOut());
        return 0;
    }

    private String platform() {
        return platform.isEmpty() ? "" : "&" + new Query(Map.of("platform", List.of(platform))).encode();
    }
}
