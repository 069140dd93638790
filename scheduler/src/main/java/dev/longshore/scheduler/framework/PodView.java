package dev.longshore.scheduler.framework;

import dev.longshore.kinds.pods.NodeFeature;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// What the scheduler knows of a pod.
///
/// @param requests resource to amount: cpu in thousandths, all else in units
/// @param hostPorts ports that it takes on its node
/// @param volumes those that bear on where it may run: claims, and disks of certain makers
/// @param devices its claims for devices
/// @param needs what each container asks for, if the pod asks for resources that devices may stand for
/// @param features what its node must be able to do
/// @param controller uid of the object that made it
public record PodView(
        String namespace,
        String name,
        String uid,
        Map<String, String> labels,
        int priority,
        Map<String, Long> requests,
        Map<String, String> nodeSelector,
        Optional<Affinity> affinity,
        List<Toleration> tolerations,
        List<HostPort> hostPorts,
        List<String> images,
        List<TopologySpreadConstraint> spread,
        List<Volume> volumes,
        List<DeviceClaim> devices,
        List<ContainerNeed> needs,
        Set<NodeFeature> features,
        Optional<String> controller,
        Optional<String> nodeName,
        boolean isEnding) {

    /// What a container that asks for nothing is taken to use, so that such pods spread as well.
    static final Map<String, Long> ALWAYS_USED = Map.of("cpu", 100L, "memory", 200L << 20);

    /// A port of the node.
    public record HostPort(String address, int port, String protocol) {

        private static final String ANY = "0.0.0.0";

        /// True if both cannot be on one node.
        public boolean conflictsWith(HostPort other) {
            return port == other.port
                    && protocol.equals(other.protocol)
                    && (address.equals(other.address) || address.equals(ANY) || other.address.equals(ANY));
        }
    }

    /// The view of `pod`.
    public static PodView of(Pod pod) {
        var spec = pod.getSpec();
        Map<String, Long> requests = Requests.of(spec);
        return new PodView(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid(),
                pod.getMetadata().getLabels() == null
                        ? Map.of()
                        : Map.copyOf(pod.getMetadata().getLabels()),
                spec.getPriority() == null ? 0 : spec.getPriority(),
                requests,
                spec.getNodeSelector() == null ? Map.of() : Map.copyOf(spec.getNodeSelector()),
                Optional.ofNullable(spec.getAffinity()),
                List.copyOf(spec.getTolerations()),
                Stream.concat(spec.getContainers().stream(), spec.getInitContainers().stream())
                        .flatMap(container -> container.getPorts().stream())
                        .filter(port -> port.getHostPort() != null && port.getHostPort() > 0)
                        .map(PodView::hostPort)
                        .toList(),
                spec.getContainers().stream()
                        .map(Container::getImage)
                        .filter(Objects::nonNull)
                        .toList(),
                List.copyOf(spec.getTopologySpreadConstraints()),
                spec.getVolumes().stream().filter(PodView::bearsOnPlace).toList(),
                DeviceClaim.of(pod),
                ContainerNeed.of(pod, requests),
                features(spec),
                pod.getMetadata().getOwnerReferences().stream()
                        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                        .map(OwnerReference::getUid)
                        .findFirst(),
                Optional.ofNullable(spec.getNodeName()).filter(name -> !name.isEmpty()),
                pod.getMetadata().getDeletionTimestamp() != null);
    }

    /// The same pod before a node was chosen for it.
    public PodView unplaced() {
        return new PodView(
                namespace,
                name,
                uid,
                labels,
                priority,
                requests,
                nodeSelector,
                affinity,
                tolerations,
                hostPorts,
                images,
                spread,
                volumes,
                devices,
                needs,
                features,
                controller,
                Optional.empty(),
                isEnding);
    }

    /// Whether devices may matter to it.
    public boolean mayNeedDevices() {
        return !devices.isEmpty() || !needs.isEmpty();
    }

    /// `namespace/name`.
    public String key() {
        return namespace + "/" + name;
    }

    /// How much it asks for.
    public long request(String resource) {
        return requests.getOrDefault(resource, 0L);
    }

    /// What it is taken to use of `cpu` or `memory`: what it asks for, or what containers use that ask for nothing.
    public long usage(String resource) {
        long asked = request(resource);
        return asked > 0 ? asked : ALWAYS_USED.getOrDefault(resource, 0L) * Math.max(1, images.size());
    }

    /// True if the company of others matters to it.
    boolean isChoosy() {
        return affinity.filter(rules -> rules.getPodAffinity() != null || rules.getPodAntiAffinity() != null)
                .isPresent();
    }

    /// True if it must not be together with some others.
    boolean isRepelling() {
        return affinity.map(Affinity::getPodAntiAffinity)
                .filter(apart -> !apart.getRequiredDuringSchedulingIgnoredDuringExecution()
                        .isEmpty())
                .isPresent();
    }

    /// The same pod on `node`.
    public PodView placed(String node) {
        return new PodView(
                namespace,
                name,
                uid,
                labels,
                priority,
                requests,
                nodeSelector,
                affinity,
                tolerations,
                hostPorts,
                images,
                spread,
                volumes,
                devices,
                needs,
                features,
                controller,
                Optional.of(node),
                isEnding);
    }

    private static Set<NodeFeature> features(PodSpec spec) {
        boolean mayRestartAll = Stream.concat(spec.getContainers().stream(), spec.getInitContainers().stream())
                .flatMap(container -> container.getRestartPolicyRules().stream())
                .anyMatch(rule -> "RestartAllContainers".equals(rule.getAction()));
        return NodeFeature.neededBy(
                mayRestartAll, Boolean.TRUE.equals(spec.getHostNetwork()) && Boolean.FALSE.equals(spec.getHostUsers()));
    }

    private static boolean bearsOnPlace(Volume volume) {
        return volume.getPersistentVolumeClaim() != null
                || volume.getEphemeral() != null
                || volume.getGcePersistentDisk() != null
                || volume.getAwsElasticBlockStore() != null
                || volume.getIscsi() != null
                || volume.getRbd() != null;
    }

    private static HostPort hostPort(ContainerPort port) {
        return new HostPort(
                port.getHostIP() == null || port.getHostIP().isEmpty() ? "0.0.0.0" : port.getHostIP(),
                port.getHostPort(),
                port.getProtocol() == null ? "TCP" : port.getProtocol());
    }
}
