package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.volumes.PodClaims;
import dev.longshore.scheduler.volumes.VolumeFacts;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSINodeDriver;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// No node gets more volumes of a driver than it can attach.
public final class NodeVolumeLimits implements Filter {

    private final VolumeFacts facts;

    /// Judges by `facts`.
    public NodeVolumeLimits(VolumeFacts facts) {
        this.facts = facts;
    }

    /// A volume that there is, or will be, as its driver knows it.
    private record Attached(String driver, String handle) {}

    @Override
    public String name() {
        return "NodeVolumeLimits";
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.POD_GONE, ClusterEvent.VOLUMES);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        if (pod.volumes().isEmpty()) {
            return Verdict.FITS;
        }
        Map<String, Integer> limits =
                facts.attacher(node.name()).map(NodeVolumeLimits::limits).orElse(Map.of());
        if (limits.isEmpty()) {
            return Verdict.FITS;
        }
        Set<Attached> wanted = new HashSet<>(volumes(pod).toList());
        var there = new HashSet<Attached>();
        node.pods().forEach(other -> volumes(other).forEach(there::add));
        facts.attachments(node.name())
                .forEach(attachment -> attached(attachment).ifPresent(there::add));
        wanted.removeAll(there);
        boolean isTooMuch = wanted.stream()
                .map(Attached::driver)
                .distinct()
                .filter(limits::containsKey)
                .anyMatch(driver -> count(there, driver) + count(wanted, driver) > limits.get(driver));
        return isTooMuch ? Verdict.crowded("node(s) exceed max volume count") : Verdict.FITS;
    }

    private static long count(Set<Attached> volumes, String driver) {
        return volumes.stream().filter(volume -> volume.driver.equals(driver)).count();
    }

    private static Map<String, Integer> limits(CSINode node) {
        var limits = new HashMap<String, Integer>();
        for (CSINodeDriver driver : node.getSpec().getDrivers()) {
            if (driver.getAllocatable() != null && driver.getAllocatable().getCount() != null) {
                limits.put(driver.getName(), driver.getAllocatable().getCount());
            }
        }
        return limits;
    }

    private Stream<Attached> volumes(PodView pod) {
        return PodClaims.names(pod)
                .flatMap(name -> facts.claim(pod.namespace(), name).stream())
                .flatMap(claim -> attached(claim).stream());
    }

    private Optional<Attached> attached(PersistentVolumeClaim claim) {
        return facts.volume(PodClaims.volumeName(claim))
                .map(volume -> Optional.ofNullable(volume.getSpec().getCsi())
                        .map(source -> new Attached(source.getDriver(), source.getVolumeHandle())))
                .orElseGet(() -> toBeMade(claim));
    }

    /// What is still to be made counts under its claim's name.
    private Optional<Attached> toBeMade(PersistentVolumeClaim claim) {
        return facts.storageClass(PodClaims.storageClass(claim))
                .map(type -> new Attached(
                        type.getProvisioner(),
                        "claim " + claim.getMetadata().getNamespace() + "/"
                                + claim.getMetadata().getName()));
    }

    private Optional<Attached> attached(VolumeAttachment attachment) {
        return Optional.ofNullable(attachment.getSpec().getSource().getPersistentVolumeName())
                .flatMap(facts::volume)
                .flatMap(volume -> Optional.ofNullable(volume.getSpec().getCsi()))
                .map(source -> new Attached(attachment.getSpec().getAttacher(), source.getVolumeHandle()));
    }
}
