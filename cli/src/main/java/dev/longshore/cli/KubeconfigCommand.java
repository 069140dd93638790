package dev.longshore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `longshore kubeconfig`.
@Command(name = "kubeconfig", description = "Prints the admin's kubeconfig, or with --path where it lies.")
final class KubeconfigCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--path", description = "prints only the file's path")
    private boolean onlyPath;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        var file = cluster.directory().kubeconfig();
        try {
            String text = Files.readString(file);
            spec.commandLine().getOut().print(onlyPath ? file + System.lineSeparator() : text);
            spec.commandLine().getOut().flush();
            return 0;
        } catch (NoSuchFileException missing) {
            throw new CommandFailure("there is no " + file + ": start the cluster with `longshore up`", missing);
        }
    }
}
