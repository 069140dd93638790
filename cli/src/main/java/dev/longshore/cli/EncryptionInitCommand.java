package dev.longshore.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `longshore encryption init FILE`.
@Command(name = "init", description = "Writes a file with a new key, for `up --encryption-provider-config`.")
final class EncryptionInitCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "what to write; it must not be there yet")
    private Path file;

    @Option(
            names = "--resources",
            paramLabel = "NAME,…",
            split = ",",
            defaultValue = "secrets",
            description = "what to encrypt: secrets (default), widgets.example.com, *.apps, *. for the core group, *.*")
    private List<String> resources;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        new EncryptionFile(file, new SecureRandom()).create(resources);
        PrintWriter out = spec.commandLine().getOut();
        out.println("wrote " + file + "; keep a copy in a safe place: without it what is encrypted is lost");
        out.println("start with `longshore up --encryption-provider-config " + file.toAbsolutePath()
                + "`, then `longshore encryption rewrite`");
        out.flush();
        return 0;
    }
}
