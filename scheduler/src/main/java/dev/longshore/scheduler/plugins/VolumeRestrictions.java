package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.PreFilter;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.volumes.PodClaims;
import dev.longshore.scheduler.volumes.VolumeFacts;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Keeps a volume that one pod may have from a second, and disks that nodes cannot share apart.
public final class VolumeRestrictions implements PreFilter, Filter {

    private static final String ONE_POD = "ReadWriteOncePod";

    private final VolumeFacts facts;

    /// Whether one of the pod's volumes is another's is the same for all nodes, so the last answer is kept.
    private volatile Optional<Answer> last = Optional.empty();

    /// Judges by `facts`.
    public VolumeRestrictions(VolumeFacts facts) {
        this.facts = facts;
    }

    private record Answer(PodView pod, Snapshot cluster, boolean isTaken) {}

    @Override
    public String name() {
        return "VolumeRestrictions";
    }

    @Override
    public Optional<String> refusal(PodView pod, Snapshot cluster) {
        return pod.volumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                .filter(name -> facts.claim(pod.namespace(), name).isEmpty())
                .map("persistentvolumeclaim \"%s\" not found"::formatted)
                .findFirst();
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
        boolean areDisksTaken = pod.volumes().stream()
                .anyMatch(volume -> node.pods().stream()
                        .flatMap(other -> other.volumes().stream())
                        .anyMatch(other -> conflicts(volume, other)));
        if (areDisksTaken) {
            return Verdict.crowded("node(s) had no available disk");
        }
        return isTaken(pod, cluster)
                ? Verdict.crowded("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode"
                        + " already in-use by another pod")
                : Verdict.FITS;
    }

    private boolean isTaken(PodView pod, Snapshot cluster) {
        Answer known = last.orElse(null);
        if (known != null && known.pod == pod && known.cluster == cluster) {
            return known.isTaken;
        }
        Set<String> own = pod.volumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .map(volume -> volume.getPersistentVolumeClaim().getClaimName())
                .filter(name -> facts.claim(pod.namespace(), name)
                        .filter(claim -> claim.getSpec().getAccessModes().contains(ONE_POD))
                        .isPresent())
                .collect(Collectors.toSet());
        boolean isTaken = !own.isEmpty()
                && cluster.pods()
                        .filter(other -> other.namespace().equals(pod.namespace()))
                        .flatMap(PodClaims::names)
                        .anyMatch(own::contains);
        last = Optional.of(new Answer(pod, cluster, isTaken));
        return isTaken;
    }

    private static boolean conflicts(Volume one, Volume other) {
        return isSameGoogleDisk(one, other)
                || isSameAmazonDisk(one, other)
                || isSameTarget(one, other)
                || isSameCephImage(one, other);
    }

    private static boolean isSameGoogleDisk(Volume one, Volume other) {
        var disk = one.getGcePersistentDisk();
        var used = other.getGcePersistentDisk();
        return disk != null
                && used != null
                && Objects.equals(disk.getPdName(), used.getPdName())
                && !areReadOnly(disk.getReadOnly(), used.getReadOnly());
    }

    private static boolean isSameAmazonDisk(Volume one, Volume other) {
        return one.getAwsElasticBlockStore() != null
                && other.getAwsElasticBlockStore() != null
                && Objects.equals(
                        one.getAwsElasticBlockStore().getVolumeID(),
                        other.getAwsElasticBlockStore().getVolumeID());
    }

    private static boolean isSameTarget(Volume one, Volume other) {
        var disk = one.getIscsi();
        var used = other.getIscsi();
        return disk != null
                && used != null
                && Objects.equals(disk.getIqn(), used.getIqn())
                && !areReadOnly(disk.getReadOnly(), used.getReadOnly());
    }

    private static boolean isSameCephImage(Volume one, Volume other) {
        var disk = one.getRbd();
        var used = other.getRbd();
        return disk != null
                && used != null
                && !Collections.disjoint(disk.getMonitors(), used.getMonitors())
                && Objects.equals(disk.getPool(), used.getPool())
                && Objects.equals(disk.getImage(), used.getImage())
                && !areReadOnly(disk.getReadOnly(), used.getReadOnly());
    }

    private static boolean areReadOnly(Boolean one, Boolean other) {
        return Boolean.TRUE.equals(one) && Boolean.TRUE.equals(other);
    }
}
