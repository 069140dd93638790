package dev.longshore.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/// `longshore docker tag`.
@Command(name = "tag", description = "Gives an image a further name.")
final class DockerTagCommand implements Callable<Integer> {

    @ParentCommand
    private DockerCommand docker;

    @Parameters(index = "0", paramLabel = "IMAGE")
    private String image;

    @Parameters(index = "1", paramLabel = "NAME[:TAG]")
    private String name;

    @Override
    public Integer call() {
        docker.engine()
                .json(
                        "POST",
                        "/images/" + image + "/tag?" + ImageName.parse(name).query("repo", "tag"));
        return 0;
    }
}
