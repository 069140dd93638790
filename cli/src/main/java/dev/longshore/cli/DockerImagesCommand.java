package dev.longshore.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `longshore docker images`.
@Command(name = "images", description = "Lists the images of this machine.")
final class DockerImagesCommand implements Callable<Integer> {

    private static final int SHORT_ID = 12;
    private static final double MEGA = 1e6;

    @ParentCommand
    private DockerCommand docker;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%-45s %-20s %-14s %s%n", "REPOSITORY", "TAG", "IMAGE ID", "SIZE");
        for (JsonNode image : docker.engine().json("GET", "/images/json")) {
            String id = image.path("Id").asString().replaceFirst("^sha256:", "");
            for (JsonNode name : image.path("RepoTags")) {
                String text = name.asString();
                int colon = text.lastIndexOf(':');
                out.printf(
                        "%-45s %-20s %-14s %.1fMB%n",
                        text.substring(0, colon),
                        text.substring(colon + 1),
                        id.substring(0, Math.min(SHORT_ID, id.length())),
                        image.path("Size").asLong() / MEGA);
            }
        }
        out.flush();
        return 0;
    }
}
