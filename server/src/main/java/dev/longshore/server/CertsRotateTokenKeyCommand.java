package dev.longshore.server;

import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.server.identity.TokenKeyRotation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `longshore certs rotate-service-account-key`: by the files, which a running server reads again.
@Command(
        name = "rotate-service-account-key",
        description = {
            "Signs ServiceAccount tokens by another key from now on. Tokens that are out go on counting",
            "until they end, since their keys go on verifying: see docs/authentication.md for when to take",
            "these away. A running server follows within a second; it need not run. Keys of",
            "--service-account-signing-key-file are yours to change."
        })
final class CertsRotateTokenKeyCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path pki = cluster.directory().pki();
        try {
            int verifying = TokenKeyRotation.rotate(pki.resolve("sa.key"), pki.resolve("sa.pub"), new SecureRandom());
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "ServiceAccount tokens are signed by another key; %d key%s before it still verif%s%n",
                    verifying - 1, verifying == 2 ? "" : "s", verifying == 2 ? "ies" : "y");
            out.flush();
            return 0;
        } catch (IOException failed) {
            throw new CommandFailure("cannot rotate the ServiceAccount key: " + failed.getMessage(), failed);
        }
    }
}
