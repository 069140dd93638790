package dev.longshore.kubelet.node;

import dev.longshore.kinds.pods.NodeFeature;
import dev.longshore.kubelet.devices.ExtendedResources;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeRuntimeHandler;
import io.fabric8.kubernetes.api.model.NodeRuntimeHandlerBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Spells out the Node: its labels, and what its status says now.
final class NodeObject {

    /// The attach/detach controller, not the kubelet, attaches volumes.
    static final Map<String, String> ANNOTATIONS =
            Map.of("volumes.kubernetes.io/controller-managed-attach-detach", "true");

    private static final int MOST_NAMES = 5;

    private final NodeSettings settings;
    private final Machine machine;
    private final NodeRuntime runtime;
    private final RuntimeHealth health;
    private final Pressures pressures;
    private final ShutdownState shutdown;
    private final Allocatable reservations;
    private final ExtendedResources extended;
    private final Supplier<Set<String>> volumesInUse;

    NodeObject(
            NodeSettings settings,
            Machine machine,
            NodeRuntime runtime,
            RuntimeHealth health,
            Pressures pressures,
            ShutdownState shutdown,
            ExtendedResources extended,
            Supplier<Set<String>> volumesInUse) {
        this.pressures = pressures;
        this.shutdown = shutdown;
        this.volumesInUse = volumesInUse;
        this.extended = extended;
        this.settings = settings;
        this.machine = machine;
        this.runtime = runtime;
        this.health = health;
        this.reservations = new Allocatable(settings.configuration());
    }

    /// As it registers.
    Node fresh(Instant now) throws InterruptedException {
        return new NodeBuilder()
                .withNewMetadata()
                .withName(settings.name())
                .withLabels(labels())
                .withAnnotations(ANNOTATIONS)
                .endMetadata()
                .withNewSpec()
                .withTaints(settings.taints())
                .endSpec()
                .withStatus(status(Optional.empty(), now))
                .build();
    }

    Map<String, String> labels() {
        var labels = new TreeMap<>(settings.labels());
        String arch = HostMachine.architecture();
        labels.put("kubernetes.io/hostname", settings.name());
        labels.put("kubernetes.io/os", "linux");
        labels.put("kubernetes.io/arch", arch);
        labels.put("beta.kubernetes.io/os", "linux");
        labels.put("beta.kubernetes.io/arch", arch);
        return labels;
    }

    /// What pods may have.
    Map<String, Quantity> allocatable() {
        var all = new LinkedHashMap<>(reservations.of(reservations.capacity(machine.capacity())));
        extended.counts().forEach((resource, count) -> all.put(resource, quantity(count.healthy())));
        return all;
    }

    private Map<String, Quantity> capacity() {
        var all = new LinkedHashMap<>(reservations.capacity(machine.capacity()));
        extended.counts().forEach((resource, count) -> all.put(resource, quantity(count.all())));
        return all;
    }

    private static Quantity quantity(long count) {
        return new Quantity(String.valueOf(count));
    }

    /// The status now; times of transition are kept from `told`, what was said last.
    /// When the runtime last answered all that pods need; empty before it ever did.
    Optional<Instant> runtimeWell() {
        return health.well();
    }

    NodeStatus status(Optional<NodeStatus> told, Instant now) throws InterruptedException {
        var info = machine.info();
        info.setKubeletVersion(settings.version());
        info.setKubeProxyVersion("");
        info.setContainerRuntimeVersion(runtime.version().replaceFirst(" ", "://"));
        return new NodeStatusBuilder()
                .withAddresses(addresses())
                .withCapacity(capacity())
                .withAllocatable(allocatable())
                .withConditions(conditions(told, now))
                .withNodeInfo(info)
                .withNewFeatures(true)
                .withDeclaredFeatures(NodeFeature.names(NodeFeature.OURS))
                .withRuntimeHandlers(handlers())
                .withImages(images())
                .withVolumesInUse(volumesInUse.get().stream().sorted().toList())
                .withNewDaemonEndpoints()
                .withNewKubeletEndpoint(settings.apiPort())
                .endDaemonEndpoints()
                .build();
    }

    /// The usual one under no name, and those that can be asked for.
    private List<NodeRuntimeHandler> handlers() {
        return Stream.concat(Stream.of(""), runtime.handlers().stream().sorted())
                .map(this::handler)
                .toList();
    }

    private NodeRuntimeHandler handler(String name) {
        HandlerFeatures features = runtime.features(name);
        return new NodeRuntimeHandlerBuilder()
                .withName(name)
                .withNewFeatures()
                .withRecursiveReadOnlyMounts(features.recursiveReadOnlyMounts())
                .withUserNamespaces(features.userNamespaces())
                .endFeatures()
                .build();
    }

    private List<NodeAddress> addresses() {
        var addresses = new ArrayList<NodeAddress>();
        settings.addresses().forEach(address -> addresses.add(new NodeAddress(address, "InternalIP")));
        addresses.add(new NodeAddress(settings.name(), "Hostname"));
        return addresses;
    }

    private List<NodeCondition> conditions(Optional<NodeStatus> told, Instant now) throws InterruptedException {
        Set<String> present = pressures.present();
        List<String> problems = new ArrayList<>(health.problems(now));
        if (shutdown.isUnderWay()) {
            problems.add("node is shutting down");
        }
        boolean isReady = problems.isEmpty();
        return List.of(
                condition(
                        told,
                        now,
                        "MemoryPressure",
                        present.contains("MemoryPressure"),
                        present.contains("MemoryPressure")
                                ? "KubeletHasInsufficientMemory"
                                : "KubeletHasSufficientMemory",
                        present.contains("MemoryPressure")
                                ? "kubelet has insufficient memory available"
                                : "kubelet has sufficient memory available"),
                condition(
                        told,
                        now,
                        "DiskPressure",
                        present.contains("DiskPressure"),
                        present.contains("DiskPressure") ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
                        present.contains("DiskPressure")
                                ? "kubelet has disk pressure"
                                : "kubelet has no disk pressure"),
                condition(
                        told,
                        now,
                        "PIDPressure",
                        present.contains("PIDPressure"),
                        present.contains("PIDPressure") ? "KubeletHasInsufficientPID" : "KubeletHasSufficientPID",
                        present.contains("PIDPressure")
                                ? "kubelet has insufficient PID available"
                                : "kubelet has sufficient PID available"),
                condition(
                        told,
                        now,
                        "Ready",
                        isReady,
                        isReady ? "KubeletReady" : "KubeletNotReady",
                        isReady ? "kubelet is posting ready status" : joined(problems)));
    }

    private static String joined(List<String> problems) {
        return problems.size() == 1 ? problems.getFirst() : "[" + String.join(", ", problems) + "]";
    }

    private static NodeCondition condition(
            Optional<NodeStatus> told, Instant now, String type, boolean holds, String reason, String message) {
        String status = holds ? "True" : "False";
        String stamp = now.truncatedTo(ChronoUnit.SECONDS).toString();
        String since = told.stream()
                .flatMap(before -> before.getConditions().stream())
                .filter(before ->
                        before.getType().equals(type) && before.getStatus().equals(status))
                .map(NodeCondition::getLastTransitionTime)
                .findFirst()
                .orElse(stamp);
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastHeartbeatTime(stamp)
                .withLastTransitionTime(since)
                .build();
    }

    private long mostImages() {
        long most = settings.configuration().count("nodeStatusMaxImages");
        return most < 0 ? Long.MAX_VALUE : most;
    }

    private List<ContainerImage> images() throws InterruptedException {
        return health.images().stream()
                .sorted(Comparator.comparingLong(Images.ImageStatus::sizeBytes).reversed())
                .limit(mostImages())
                .map(image -> {
                    var names = new ArrayList<>(image.repoDigests());
                    names.addAll(image.repoTags());
                    return new ContainerImage(names.stream().limit(MOST_NAMES).toList(), image.sizeBytes());
                })
                .toList();
    }
}
