package dev.longshore.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `longshore encryption rotate FILE`.
@Command(name = "rotate", description = "Puts a new key before the others in a file of keys.")
final class EncryptionRotateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "the EncryptionConfiguration")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String name = new EncryptionFile(file, new SecureRandom()).rotate();
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                "new objects are encrypted with " + name + " as soon as the server has read " + file
                        + ": within a minute with --encryption-provider-config-automatic-reload, else when it is started again");
        out.println("then `longshore encryption rewrite`; the old keys stay in the file until"
                + " `longshore encryption status` shows nothing under them");
        out.flush();
        return 0;
    }
}
