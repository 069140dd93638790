package dev.longshore.kubelet.devices;

import dev.longshore.http.grpc.GrpcException;
import dev.longshore.kubelet.devices.proto.ContainerAllocateResponse;
import dev.longshore.kubelet.plugins.GoStatus;
import dev.longshore.kubelet.topology.Hint;
import dev.longshore.kubelet.topology.NumaNodes;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceHealth;
import io.fabric8.kubernetes.api.model.ResourceStatus;
import io.fabric8.kubernetes.api.model.ResourceStatusBuilder;
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
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives containers devices of plugins, when their pod is taken on. What init containers had is there for those
/// after them; sidecars keep theirs.
public final class PluginDevices implements ContainerDevices {

    private static final Logger log = LoggerFactory.getLogger(PluginDevices.class);

    private final DevicePlugins plugins;
    private final DeviceLedger ledger;
    private final NumaNodes machine;

    /// Of `plugins`, on a machine with these NUMA nodes.
    public PluginDevices(DevicePlugins plugins, NumaNodes machine) {
        this.plugins = plugins;
        this.machine = machine;
        this.ledger = plugins.ledger();
    }

    @Override
    public Optional<String> admit(Pod pod) throws InterruptedException {
        var reusable = new HashMap<String, Set<String>>();
        try {
            for (Container container : pod.getSpec().getInitContainers()) {
                boolean isSidecar = "Always".equals(container.getRestartPolicy());
                for (DeviceLedger.Entry entry : give(pod, container, reusable, Optional.empty())) {
                    Set<String> ids = reusable.computeIfAbsent(entry.resource(), name -> new LinkedHashSet<>());
                    if (isSidecar) {
                        ids.removeAll(entry.ids());
                    } else {
                        ids.addAll(entry.ids());
                    }
                }
            }
            for (Container container : pod.getSpec().getContainers()) {
                for (DeviceLedger.Entry entry : give(pod, container, reusable, Optional.empty())) {
                    reusable.getOrDefault(entry.resource(), new HashSet<>()).removeAll(entry.ids());
                }
            }
            return Optional.empty();
        } catch (DeviceException | GrpcException refused) {
            ledger.remove(pod.getMetadata().getUid());
            return Optional.of("Allocate failed due to %s, which is unexpected".formatted(said(refused)));
        }
    }

    @Override
    public Map<String, List<Hint>> hints(Pod pod, Container container) {
        return hints(pod, wanted(container), List.of(container));
    }

    @Override
    public Map<String, List<Hint>> hints(Pod pod) {
        var sidecars = new TreeMap<String, Integer>();
        var most = new TreeMap<String, Integer>();
        for (Container container : pod.getSpec().getInitContainers()) {
            boolean isSidecar = "Always".equals(container.getRestartPolicy());
            wanted(container).forEach((resource, count) -> {
                if (isSidecar) {
                    sidecars.merge(resource, count, Integer::sum);
                } else {
                    most.merge(resource, sidecars.getOrDefault(resource, 0) + count, Math::max);
                }
            });
        }
        var all = new TreeMap<>(sidecars);
        pod.getSpec()
                .getContainers()
                .forEach(container ->
                        wanted(container).forEach((resource, count) -> all.merge(resource, count, Integer::sum)));
        most.forEach((resource, count) -> all.merge(resource, count, Math::max));
        return hints(pod, all, containers(pod));
    }

    private Map<String, List<Hint>> hints(Pod pod, Map<String, Integer> wanted, List<Container> containers) {
        var hints = new TreeMap<String, List<Hint>>();
        wanted.forEach((resource, count) -> {
            List<String> all = plugins.ids(resource);
            var where = new DeviceHints(plugins, resource, machine);
            if (!plugins.isKnown(resource) || where.isAnywhere(all)) {
                return;
            }
            Set<String> own = new LinkedHashSet<>();
            containers.forEach(container -> own.addAll(has(pod, container, resource)));
            if (!own.isEmpty()) {
                hints.put(resource, own.size() == count ? where.of(all, own, Set.of(), count) : List.of());
                return;
            }
            Set<String> free = new LinkedHashSet<>(plugins.healthy(resource));
            free.removeAll(ledger.taken(resource));
            Set<String> reused = containers.size() == 1 ? reusable(pod, containers.getFirst(), resource) : Set.of();
            hints.put(resource, where.of(all, free, reused, count));
        });
        return hints;
    }

    private static List<Container> containers(Pod pod) {
        var all = new ArrayList<>(pod.getSpec().getInitContainers());
        all.addAll(pod.getSpec().getContainers());
        return all;
    }

    private Set<String> has(Pod pod, Container container, String resource) {
        return ledger.of(pod.getMetadata().getUid(), container.getName()).stream()
                .filter(entry -> entry.resource().equals(resource))
                .map(DeviceLedger.Entry::ids)
                .findFirst()
                .orElse(Set.of());
    }

    /// What init containers before it had, and none between has.
    private Set<String> reusable(Pod pod, Container container, String resource) {
        var again = new LinkedHashSet<String>();
        for (Container earlier : containers(pod)) {
            if (earlier.getName().equals(container.getName())) {
                break;
            }
            boolean isInit =
                    pod.getSpec().getInitContainers().contains(earlier) && !"Always".equals(earlier.getRestartPolicy());
            if (isInit) {
                again.addAll(has(pod, earlier, resource));
            } else {
                again.removeAll(has(pod, earlier, resource));
            }
        }
        return again;
    }

    @Override
    public Optional<String> give(Pod pod, Container container, Optional<NumaNodes> near) throws InterruptedException {
        try {
            var reusable = new HashMap<String, Set<String>>();
            wanted(container).keySet().forEach(resource -> reusable.put(resource, reusable(pod, container, resource)));
            give(pod, container, reusable, near);
            return Optional.empty();
        } catch (DeviceException | GrpcException refused) {
            return Optional.of("Allocate failed due to %s, which is unexpected".formatted(said(refused)));
        }
    }

    private static String said(RuntimeException refused) {
        return refused instanceof GrpcException status ? GoStatus.said(status) : refused.getMessage();
    }

    private List<DeviceLedger.Entry> give(
            Pod pod, Container container, Map<String, Set<String>> reusable, Optional<NumaNodes> near)
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
                                    reusable.getOrDefault(resource, Set.of()),
                                    near));
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

    private DeviceLedger.Entry give(
            Pod pod, Container container, String resource, int count, Set<String> reusable, Optional<NumaNodes> near)
            throws InterruptedException {
        DevicePlugin plugin = plugins.plugin(resource)
                .orElseThrow(() -> new DeviceException(
                        "no healthy devices present; cannot allocate unhealthy devices " + resource));
        // Somebody else may take one between choosing and taking: then it is chosen anew.
        while (true) {
            Set<String> ids = choose(plugin, resource, count, reusable, near);
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

    private Set<String> choose(
            DevicePlugin plugin, String resource, int count, Set<String> reusable, Optional<NumaNodes> near)
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
        List<String> aligned = aligned(resource, available, near);
        if (aligned.size() > count - chosen.size()) {
            // Enough are near: the plugin chooses among those only.
            available.retainAll(aligned);
        } else {
            chosen.addAll(aligned);
            available.removeAll(aligned);
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

    private List<String> aligned(String resource, Set<String> available, Optional<NumaNodes> near) {
        var where = new DeviceHints(plugins, resource, machine);
        return available.stream()
                .filter(id -> near.isPresent()
                        && where.nodes(id)
                                .map(nodes -> nodes.common(near.get()).count() > 0)
                                .orElse(false))
                .toList();
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

    /// A device that its plugin tells nothing of any more counts as it did when it was given.
    @Override
    public List<ResourceStatus> status(Pod pod, Container container) {
        return ledger.of(pod.getMetadata().getUid(), container.getName()).stream()
                .map(entry -> new ResourceStatusBuilder()
                        .withName(entry.resource())
                        .withResources(entry.ids().stream()
                                .sorted()
                                .map(id -> new ResourceHealth(health(entry.resource(), id), null, id))
                                .toList())
                        .build())
                .toList();
    }

    private String health(String resource, String id) {
        return plugins.device(resource, id)
                        .map(device -> device.getHealth().equals("Healthy"))
                        .orElse(true)
                ? "Healthy"
                : "Unhealthy";
    }

    @Override
    public void onChange(Consumer<String> pod) {
        plugins.onChange(resource -> ledger.all().stream()
                .filter(entry -> entry.resource().equals(resource))
                .map(DeviceLedger.Entry::podUid)
                .distinct()
                .forEach(pod));
    }

    @Override
    public void release(String podUid) {
        ledger.remove(podUid);
    }
}
