package dev.longshore.scheduler.plugins;

import dev.longshore.scheduler.framework.ClusterEvent;
import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.volumes.PodClaims;
import dev.longshore.scheduler.volumes.VolumeFacts;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Keeps pods to the zones and regions with which their volumes are labelled, among nodes that have such labels.
public final class VolumeZone implements Filter {

    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String REGION = "topology.kubernetes.io/region";
    private static final String OLD_ZONE = "failure-domain.beta.kubernetes.io/zone";
    private static final String OLD_REGION = "failure-domain.beta.kubernetes.io/region";
    private static final List<String> PLACES = List.of(OLD_ZONE, OLD_REGION, ZONE, REGION);
    private static final Map<String, String> RENAMED = Map.of(OLD_ZONE, ZONE, OLD_REGION, REGION);

    private final VolumeFacts facts;

    /// Judges by `facts`.
    public VolumeZone(VolumeFacts facts) {
        this.facts = facts;
    }

    @Override
    public String name() {
        return "VolumeZone";
    }

    @Override
    public Set<ClusterEvent> helpedBy() {
        return EnumSet.of(ClusterEvent.NODE_ADDED, ClusterEvent.NODE_LABELS, ClusterEvent.VOLUMES);
    }

    @Override
    public Verdict filter(PodView pod, NodeView node, Snapshot cluster) {
        if (pod.volumes().isEmpty() || PLACES.stream().noneMatch(node.labels()::containsKey)) {
            return Verdict.FITS;
        }
        boolean areNear = pod.volumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .flatMap(volume ->
                        facts
                                .claim(
                                        pod.namespace(),
                                        volume.getPersistentVolumeClaim().getClaimName())
                                .stream())
                .flatMap(claim -> facts.volume(PodClaims.volumeName(claim)).stream())
                .allMatch(volume -> isNear(volume, node));
        return areNear ? Verdict.FITS : Verdict.rejected("node(s) had no available volume zone");
    }

    private static boolean isNear(PersistentVolume volume, NodeView node) {
        Map<String, String> labels =
                Objects.requireNonNullElse(volume.getMetadata().getLabels(), Map.of());
        return PLACES.stream().filter(labels::containsKey).allMatch(place -> {
            String here = node.labels().getOrDefault(place, node.labels().get(RENAMED.getOrDefault(place, place)));
            // Several zones of one volume stand in one label.
            return here != null && List.of(labels.get(place).split("__")).contains(here);
        });
    }
}
