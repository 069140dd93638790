package dev.longshore.server;

import dev.longshore.base.ClusterId;
import dev.longshore.cli.CommandFailure;
import dev.longshore.linux.Commands;
import dev.longshore.network.AddressPlan;
import dev.longshore.network.AddressPlanner;
import dev.longshore.network.PortClaims;
import dev.longshore.server.config.ClusterRecord;
import dev.longshore.server.config.UpOptions;
import dev.longshore.store.etcd.EtcdStore;
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

    /// Where nothing on this host can be in their way.
    private static final AddressPlan USUAL_PLAN = new AddressPlan("10.244.0.0/16", "10.96.0.0/16", "30000-32767");

    private final UpOptions options;
    private final Optional<EtcdStore> shared;
    private final AddressPlanner planner;
    private final PortClaims ports = new PortClaims(RUN_DIRECTORY);
    private final RandomGenerator randomness;

    /// @param shared where all servers of the cluster agree on its addresses; each cluster has one server without
    ClusterSetup(UpOptions options, Optional<EtcdStore> shared, Commands commands, RandomGenerator randomness) {
        this.options = options;
        this.shared = shared;
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
        int kubeletPort = options.place().kubeletPort().orElse(before.kubeletPort());
        claimed(before.id(), OptionalInt.of(apiPort), OptionalInt.of(registryPort), OptionalInt.of(kubeletPort));
        requireFree(apiPort, "--api-port");
        requireFree(registryPort, "--registry-port");
        requireFree(
                kubeletPort,
                "--kubelet-port; the last one is in " + options.directory().clusterRecord());
        var kept = new AddressPlan(before.podRange(), before.serviceRange(), before.nodePorts());
        AddressPlan plan = shared.isPresent() ? ExternalStore.agreed(shared.get(), () -> kept) : kept;
        claim(before.id(), plan);
        return record(before.id(), before.name(), plan, List.of(apiPort, registryPort, kubeletPort));
    }

    private void claim(ClusterId id, AddressPlan plan) throws IOException, InterruptedException {
        Optional<ClusterId> taker = options.place().hasNode() ? planner.claim(id, plan) : Optional.empty();
        if (taker.isPresent()) {
            throw new CommandFailure(
                    "addresses of this cluster are used by cluster %s now: stop that one first".formatted(taker.get()));
        }
    }

    private static ClusterRecord record(ClusterId id, String name, AddressPlan plan, List<Integer> ports) {
        return new ClusterRecord(
                id, name, plan.pods(), plan.services(), plan.nodePorts(), ports.get(0), ports.get(1), ports.get(2));
    }

    private ClusterRecord chosen() throws IOException, InterruptedException {
        ClusterId id = ClusterId.random(randomness);
        List<Integer> chosen = claimed(
                id, options.apiPort(), options.registryPort(), options.place().kubeletPort());
        requireFree(chosen.get(0), "--api-port");
        requireFree(chosen.get(1), "--registry-port");
        requireFree(chosen.get(2), "--kubelet-port");
        return record(id, options.name(), plan(id), chosen);
    }

    private AddressPlan plan(ClusterId id) throws IOException, InterruptedException {
        if (shared.isEmpty()) {
            return proposed(id);
        }
        AddressPlan plan = ExternalStore.agreed(shared.get(), () -> proposed(id));
        claim(id, plan);
        return plan;
    }

    private AddressPlan proposed(ClusterId id) throws IOException, InterruptedException {
        return options.place().hasNode() ? planner.choose(id) : USUAL_PLAN;
    }

    /// The ports of API server, registry and kubelet, which nobody else who starts now takes meanwhile, and which
    /// nobody chooses while this cluster is stopped.
    private List<Integer> claimed(ClusterId id, OptionalInt api, OptionalInt registry, OptionalInt kubelet)
            throws IOException, InterruptedException {
        try {
            return ports.choose(
                    id,
                    options.directory().clusterRecord(),
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
