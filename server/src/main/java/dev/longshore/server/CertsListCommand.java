package dev.longshore.server;

import dev.longshore.base.Time;
import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.ControlClient;
import dev.longshore.server.pki.CertificateState;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `longshore certs list`: of the running server, or as they lie in the data directory.
@Command(
        name = "list",
        description = "Lists them: until when each is good, and who has signed it. The server need not run.")
final class CertsListCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Optional<JsonNode> said = new ControlClient(cluster.directory()).certificates();
        List<CertificateState> states = said.isPresent()
                ? said.get().valueStream().map(CertificateState::of).toList()
                : stored();
        CertificateTable.print(states, Time.system().now(), spec.commandLine().getOut());
        return 0;
    }

    private List<CertificateState> stored() {
        try {
            return StoredCertificates.read(cluster.directory()).states();
        } catch (IOException unreadable) {
            throw new CommandFailure("cannot read the certificates: " + unreadable.getMessage(), unreadable);
        }
    }
}
