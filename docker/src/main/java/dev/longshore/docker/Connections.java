package dev.longshore.docker;

import dev.longshore.runtime.NodeRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which networks a container is on, changed while it is there. Thread-safe: each change happens under the
/// container's own lock.
final class Connections {

    private final NodeRuntime runtime;
    private final Containers containers;
    private final Networks networks;
    private final Launches launches;

    Connections(NodeRuntime runtime, Containers containers, Networks networks, Launches launches) {
        this.runtime = runtime;
        this.containers = containers;
        this.networks = networks;
        this.launches = launches;
    }

    /// Connects it to `network`; at once if it runs.
    void connect(EngineContainer container, EngineNet network, Endpoint wanted) throws InterruptedException {
        container.work().lockInterruptibly();
        try {
            if (!container.config().networkOf().isEmpty() || container.config().isOnHostNetwork()) {
                throw EngineException.forbidden(
                        "container sharing network namespace with another container or host cannot be connected to"
                                + " any other network");
            }
            if (container.endpoints().containsKey(network.name())) {
                throw EngineException.forbidden(
                        "endpoint with name " + container.name() + " already exists in network " + network.name());
            }
            var endpoints = new LinkedHashMap<>(container.endpoints());
            endpoints.remove("none");
            Endpoint endpoint = wanted;
            if (container.state().hasProcesses()) {
                Path namespace = Path.of(runtime.sandboxes()
                        .status(container.state().sandboxId())
                        .orElseThrow()
                        .networkNamespace());
                var all = new ArrayList<>(endpoints.values());
                all.add(wanted);
                WayOuts ways = WayOuts.of(all, networks);
                endpoint = networks.seats()
                        .plug(container, namespace, wanted, freeDevice(endpoints), ways.by(network.id()));
            }
            endpoints.put(network.name(), endpoint);
            settle(container, endpoints);
        } finally {
            container.work().unlock();
        }
    }

    private void settle(EngineContainer container, Map<String, Endpoint> endpoints) throws InterruptedException {
        container.connect(endpoints);
        containers.save(container);
        try {
            launches.etc(container);
        } catch (IOException failed) {
            throw EngineException.failed(failed.getMessage(), failed);
        }
    }

    private static String freeDevice(Map<String, Endpoint> endpoints) {
        List<String> taken = endpoints.values().stream().map(Endpoint::device).toList();
        int number = 0;
        while (taken.contains("eth" + number)) {
            number++;
        }
        return "eth" + number;
    }

    /// Disconnects it.
    void disconnect(EngineContainer container, EngineNet network) throws InterruptedException {
        container.work().lockInterruptibly();
        try {
            Endpoint endpoint = container.endpoints().get(network.name());
            if (endpoint == null) {
                throw EngineException.forbidden(
                        "container " + container.id() + " is not connected to network " + network.name());
            }
            if (endpoint.isUp()) {
                networks.seats().unplug(container, endpoint);
            }
            var endpoints = new LinkedHashMap<>(container.endpoints());
            endpoints.remove(network.name());
            settle(container, endpoints);
        } finally {
            container.work().unlock();
        }
    }
}
