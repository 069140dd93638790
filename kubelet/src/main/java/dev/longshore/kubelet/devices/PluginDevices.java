package dev.longshore.kubelet.devices;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.devices.proto.ContainerAllocateResponse;
import dev.longshore.kubelet.plugins.GoStatus;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives containers devices of plugins, when their pod is taken on. What init containers had is there for those
/// after them; sidecars keep theirs.
public final class PluginDevices implements ContainerDevices {

    private static final Logger log = LoggerFactory.getLogger(PluginDevices.class);

    private final DevicePlugins plugins;
    private final DeviceLedger ledger;

    /// Of `plugins`.
    public PluginDevices(DevicePlugins plugins) {
        this.plugins = plugins;
        this.ledger = plugins.ledger();
    }

    @Override
    public Optional<String> admit(Pod pod) throws InterruptedException {
        var reusable = new HashMap<String, Set<String>>();
        try {
            for (Container container : pod.getSpec().getInitContainers()) {
                boolean isSidecar = "Always".equals(container.getRestartPolicy());
                for (DeviceLedger.Entry entry : give(pod, container, reusable)) {
                    Set<String> ids = reusable.computeIfAbsent(entry.resource(), name -> new LinkedHashSet<>());
                    if (isSidecar) {
                        ids.removeAll(entry.ids());
                    } else {
                        ids.addAll(entry.ids());
                    }
                }
            }
            for (Container container : pod.getSpec().getContainers()) {
                for (DeviceLedger.Entry entry : give(pod, container, reusable)) {
                    reusable.getOrDefault(entry.resource(), new HashSet<>()).removeAll(entry.ids());
                }
            }
            return Optional.empty();
        } catch (DeviceException | GrpcException refused) {
            ledger.remove(pod.getMetadata().getUid());
            return Optional.of("Allocate failed due to %s, which is unexpected".formatted(said(refused)));
        }
    }

    private static String said(RuntimeException refused) {
        return refused instanceof GrpcException status ? GoStatus.said(status) : refused.getMessage();
    }

    private List<DeviceLedger.Entry> give(Pod pod, Container container, Map<String, Set<String>> reusable)
            throws InterruptedException {
        var given = new ArrayList<DeviceLedger.Entry>();
        for (var wanted : wanted(container).entrySet()) {
            String resource = wanted.getKey();
            if (!plugins.isKnown(resource)) {
                continue;
            }
            Optional<DeviceLedger.Entry> has = ledger.of(pod.getMetadata().getUid(), container.getName()).stream()
                    .filter(entry -> entry.resource().equals(resource))
                    .findFirst();
            given.add(
                    has.isPresent()
                            ? has.get()
                            : give(
                                    pod,
                                    container,
                                    resource,
                                    wanted.getValue(),
                                    reusable.getOrDefault(resource, Set.of())));
        }
        return given;
    }

    private static Map<String, Integer> wanted(Container container) {
        var wanted = new TreeMap<String, Integer>();
        if (container.getResources() != null) {
            Objects.requireNonNullElse(container.getResources().getLimits(), Map.<String, Quantity>of())
                    .forEach((name, amount) -> {
                        int count = amount.getNumericalAmount().intValue();
                        if (name.contains("/") && count > 0) {
                            wanted.put(name, count);
                        }
                    });
        }
        return wanted;
    }

    private DeviceLedger.Entry give(Pod pod, Container container, String resource, int count, Set<String> reusable)
            throws InterruptedException {
        DevicePlugin plugin = plugins.plugin(resource)
                .orElseThrow(() -> new DeviceException(
                        "no healthy devices present; cannot allocate unhealthy devices " + resource));
        // Somebody else may take one between choosing and taking: then it is chosen anew.
        while (true) {
            Set<String> ids = choose(plugin, resource, count, reusable);
            var reserved = new DeviceLedger.Entry(
                    pod.getMetadata().getUid(),
                    container.getName(),
                    resource,
                    ids,
                    ContainerAllocateResponse.getDefaultInstance());
            if (ledger.take(reserved)) {
                var entry = new DeviceLedger.Entry(
                        reserved.podUid(), reserved.container(), resource, ids, plugin.allocate(ids));
                ledger.take(entry);
                log.info("{} of {} for container {} of pod {}", ids, resource, container.getName(), reserved.podUid());
                return entry;
            }
        }
    }

    private Set<String> choose(DevicePlugin plugin, String resource, int count, Set<String> reusable)
            throws InterruptedException {
        List<String> healthy = plugins.healthy(resource);
        var available = new LinkedHashSet<>(healthy);
        available.removeAll(ledger.taken(resource));
        var chosen = new LinkedHashSet<String>();
        reusable.stream().filter(healthy::contains).limit(count).forEach(chosen::add);
        if (chosen.size() + available.size() < count) {
            throw new DeviceException("requested number of devices unavailable for %s. Requested: %d, Available: %d"
                    .formatted(resource, count - chosen.size(), available.size()));
        }
        if (chosen.size() < count) {
            var offered = new ArrayList<>(chosen);
            offered.addAll(available);
            List<String> preferred = plugin.preferred(offered, List.copyOf(chosen), count);
            preferred.stream()
                    .filter(id -> available.contains(id) && chosen.size() < count)
                    .forEach(chosen::add);
            available.stream().filter(id -> chosen.size() < count).forEach(chosen::add);
        }
        return chosen;
    }

    @Override
    public Grant of(Pod pod, Container container) {
        return ledger.of(pod.getMetadata().getUid(), container.getName()).stream()
                .map(entry -> Grant.of(entry.answer()))
                .reduce(Grant.NOTHING, Grant::and);
    }

    @Override
    public void beforeStart(Pod pod, String container) throws InterruptedException {
        for (DeviceLedger.Entry entry : ledger.of(pod.getMetadata().getUid(), container)) {
            Optional<DevicePlugin> plugin = plugins.plugin(entry.resource());
            if (plugin.isPresent()) {
                try {
                    plugin.get().beforeStart(entry.ids());
                } catch (GrpcException refused) {
                    throw new DeviceException("device plugin PreStartContainer rpc failed with err: " + said(refused));
                }
            }
        }
    }

    @Override
    public void release(String podUid) {
        ledger.remove(podUid);
    }
}
