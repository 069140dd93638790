package dev.longshore.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `longshore docker rmi`.
@Command(name = "rmi", description = "Removes images.")
final class DockerRmiCommand implements Callable<Integer> {

    @ParentCommand
    private DockerCommand docker;

    @Parameters(paramLabel = "IMAGE", arity = "1..*")
    private List<String> images;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (String image : images) {
            for (JsonNode done : docker.engine().json("DELETE", "/images/" + image)) {
                done.properties()
                        .forEach(entry -> out.println(
                                entry.getKey() + ": " + entry.getValue().asString()));
            }
        }
        out.flush();
        return 0;
    }
}
