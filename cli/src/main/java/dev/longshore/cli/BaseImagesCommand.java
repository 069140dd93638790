package dev.longshore.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `longshore images base [NAME …]`.
@Command(
        name = "base",
        description = {
            "Makes longshore.local/busybox, longshore.local/debian and longshore.local/python",
            "out of this host's busybox and its distribution's packages (through apt), so that",
            "images can be built where no registry is reached. What is there and up to date stays."
        })
final class BaseImagesCommand implements Callable<Integer> {

    @ParentCommand
    private ImagesCommand images;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "busybox, debian, python (default: all three)")
    private List<String> names = List.of("busybox", "debian", "python");

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        for (String name : names) {
            images.server().makeBaseImage(name, line -> {
                out.println(line);
                out.flush();
            });
        }
        return 0;
    }
}
