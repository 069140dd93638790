package dev.longshore.server;

import dev.longshore.cli.ClusterOptions;
import dev.longshore.cli.CommandFailure;
import dev.longshore.cli.ControlClient;
import dev.longshore.server.pki.CertificateState;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/// `longshore certs renew NAME…|all`: by the running server, which goes on, or in the data directory.
@Command(
        name = "renew",
        description = {
            "Renews certificates now, whether or not they are about to expire. A running server goes",
            "on: open connections stay, new ones show the new certificate. `admin` also rewrites",
            "DIR/kubeconfig; copies of it are good until the older certificate in them expires. An",
            "authority (ca, front-proxy-ca) is renewed only when it is named: it keeps its key, so",
            "that all it has signed stays good."
        })
final class CertsRenewCommand implements Callable<Integer> {

    @Mixin
    private ClusterOptions cluster;

    @Parameters(
            paramLabel = "NAME",
            arity = "1..*",
            description = "as `longshore certs list` calls them, or all, which means all but authorities")
    private List<String> names;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Optional<JsonNode> said = new ControlClient(cluster.directory()).renewCertificates(names);
        List<CertificateState> renewed = said.isPresent()
                ? said.get().valueStream().map(CertificateState::of).toList()
                : stored();
        PrintWriter out = spec.commandLine().getOut();
        for (CertificateState state : renewed) {
            out.printf("%s renewed until %s%n", state.name(), CertificateTable.date(state.end()));
        }
        out.flush();
        return 0;
    }

    private List<CertificateState> stored() {
        try {
            return StoredCertificates.renew(cluster.directory(), names);
        } catch (IllegalArgumentException unknown) {
            throw new CommandFailure(unknown.getMessage(), unknown);
        } catch (IOException failed) {
            throw new CommandFailure("cannot renew the certificates: " + failed.getMessage(), failed);
        }
    }
}
