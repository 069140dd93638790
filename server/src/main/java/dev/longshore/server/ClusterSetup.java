package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.cli.CommandFailure;
import dev.longshore.linux.Commands;
import dev.longshore.network.AddressPlan;
import dev.longshore.network.AddressPlanner;
import dev.longshore.network.PortClaims;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.UpOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/// Finds out what a cluster is called and which addresses and ports it has: what it recorded at its first
/// start, or what is free now.
final class ClusterSetup {

    /// What all clusters of this host share.
    static final Path RUN_DIRECTORY = Path.of("/run/longshore");

    private static final int USUAL_API_PORT = 6443;
    private static final int USUAL_REGISTRY_PORT = 5000;
    private static final int USUAL_KUBELET_PORT = 10250;

    private final UpOptions options;
    private final AddressPlanner planner;
    private final PortClaims ports = new PortClaims(RUN_DIRECTORY);
    private final RandomGenerator randomness;

    ClusterSetup(UpOptions options, Commands commands, RandomGenerator randomness) {
        this.options = options;
        this.planner = new AddressPlanner(RUN_DIRECTORY, commands);
        this.randomness = randomness;
    }

    /// The cluster's record, written if it is new or has changed.
    ///
    /// @throws CommandFailure when ports or addresses are taken
    ClusterRecord establish() throws IOException, InterruptedException {
        Path file = options.directory().clusterRecord();
        Optional<ClusterRecord> before = ClusterRecord.read(file);
        ClusterRecord record = before.isPresent() ? renewed(before.get()) : chosen();
        if (!before.equals(Optional.of(record))) {
            record.write(file);
        }
        return record;
    }

    /// Ports come first: a start that ends for one of them has claimed nothing.
    private ClusterRecord renewed(ClusterRecord before) throws IOException, InterruptedException {
        int apiPort = options.apiPort().orElse(before.apiPort());
        int registryPort = options.registryPort().orElse(before.registryPort());
        claimed(
                before.id(),
                OptionalInt.of(apiPort),
                OptionalInt.of(registryPort),
                OptionalInt.of(before.kubeletPort()));
        requireFree(apiPort, "--api-port");
        requireFree(registryPort, "--registry-port");
        requireFree(
                before.kubeletPort(),
                "the kubelet's port in " + options.directory().clusterRecord());
        Optional<ClusterId> taker = planner.claim(
                before.id(), new AddressPlan(before.podRange(), before.serviceRange(), before.nodePorts()));
        if (taker.isPresent()) {
            throw new CommandFailure(
                    "addresses of this cluster are used by cluster %s now: stop that one first".formatted(taker.get()));
        }
        return new ClusterRecord(
                before.id(),
                before.name(),
                before.podRange(),
                before.serviceRange(),
                before.nodePorts(),
                apiPort,
                registryPort,
                before.kubeletPort());
    }

    private ClusterRecord chosen() throws IOException, InterruptedException {
        ClusterId id = ClusterId.random(randomness);
        List<Integer> chosen = claimed(id, options.apiPort(), options.registryPort(), OptionalInt.empty());
        int apiPort = chosen.get(0);
        int registryPort = chosen.get(1);
        int kubeletPort = chosen.get(2);
        requireFree(apiPort, "--api-port");
        requireFree(registryPort, "--registry-port");
        AddressPlan plan = planner.choose(id);
        return new ClusterRecord(
                id, options.name(), plan.pods(), plan.services(), plan.nodePorts(), apiPort, registryPort, kubeletPort);
    }

    /// The ports of API server, registry and kubelet, which nobody else who starts now takes meanwhile.
    private List<Integer> claimed(ClusterId id, OptionalInt api, OptionalInt registry, OptionalInt kubelet)
            throws IOException, InterruptedException {
        try {
            return ports.choose(
                    id,
                    List.of(
                            new PortClaims.Wanted(api, USUAL_API_PORT),
                            new PortClaims.Wanted(registry, USUAL_REGISTRY_PORT),
                            new PortClaims.Wanted(kubelet, USUAL_KUBELET_PORT)));
        } catch (PortClaims.ClaimedException taken) {
            throw new CommandFailure(
                    "port %d is taken by another cluster that is starting; choose others with --api-port and"
                                    .formatted(taken.port())
                            + " --registry-port, or stop that one",
                    taken);
        }
    }

    private static void requireFree(int port, String flag) throws IOException {
        try (var probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(port));
        } catch (BindException taken) {
            throw new CommandFailure(
                    "port %d is taken by another program; choose another with %s".formatted(port, flag), taken);
        }
    }
}
