package dev.longshore.scheduler.volumes;

import dev.longshore.scheduler.framework.Labels;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TopologySelectorTerm;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Finds out how a pod's claims come to their volumes: those that are bound already, those that wait for a node,
/// those that are to be bound without us. Thread-safe, as its facts are.
public final class VolumePlanner {

    private static final String NO_MATCH = "node(s) didn't find available persistent volumes to bind";
    private static final String ELSEWHERE = "node(s) didn't match PersistentVolume's node affinity";
    private static final String NO_SPACE = "node(s) did not have enough free storage";
    private static final String NO_VOLUME = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
    private static final String LATER = "WaitForFirstConsumer";
    private static final String NOBODY = "kubernetes.io/no-provisioner";

    private final VolumeFacts facts;

    /// Judges by `facts`.
    public VolumePlanner(VolumeFacts facts) {
        this.facts = facts;
    }

    /// Why no node will do, whatever it is: a claim that is missing, lost, going or bound elsewhere than here.
    public Optional<String> refusal(PodView pod) {
        for (Volume volume : pod.volumes()) {
            Optional<String> name = PodClaims.name(pod, volume);
            Optional<String> fault = name.flatMap(named -> fault(pod, named, volume.getEphemeral() != null));
            if (fault.isPresent()) {
                return fault;
            }
        }
        boolean isAnyLeft = claims(pod).stream()
                .anyMatch(claim -> !PodClaims.isBound(claim)
                        && !(isLater(claim) && PodClaims.volumeName(claim).isEmpty()));
        return isAnyLeft ? Optional.of("pod has unbound immediate PersistentVolumeClaims") : Optional.empty();
    }

    private Optional<String> fault(PodView pod, String name, boolean isOwn) {
        Optional<PersistentVolumeClaim> found = facts.claim(pod.namespace(), name);
        if (found.isEmpty()) {
            return Optional.of(
                    isOwn
                            ? "waiting for ephemeral volume controller to create the persistentvolumeclaim \"%s\""
                                    .formatted(name)
                            : "persistentvolumeclaim \"%s\" not found".formatted(name));
        }
        PersistentVolumeClaim claim = found.get();
        if (claim.getStatus() != null && "Lost".equals(claim.getStatus().getPhase())) {
            return Optional.of("persistentvolumeclaim \"%s\" bound to non-existent persistentvolume \"%s\""
                    .formatted(name, PodClaims.volumeName(claim)));
        }
        if (claim.getMetadata().getDeletionTimestamp() != null) {
            return Optional.of("persistentvolumeclaim \"%s\" is being deleted".formatted(name));
        }
        return isOwn && !PodClaims.isOf(claim, pod) ? Optional.of(PodClaims.notOwned(claim, pod)) : Optional.empty();
    }

    private List<PersistentVolumeClaim> claims(PodView pod) {
        return PodClaims.names(pod)
                .flatMap(name -> facts.claim(pod.namespace(), name).stream())
                .toList();
    }

    private boolean isLater(PersistentVolumeClaim claim) {
        return facts.storageClass(PodClaims.storageClass(claim))
                .filter(type -> LATER.equals(type.getVolumeBindingMode()))
                .isPresent();
    }

    /// How the claims of `pod`, for which there was no refusal, come to their volumes on `node`.
    public VolumePlan plan(PodView pod, NodeView node) {
        var unbound = new ArrayList<PersistentVolumeClaim>();
        for (PersistentVolumeClaim claim : claims(pod)) {
            if (!PodClaims.isBound(claim)) {
                unbound.add(claim);
                continue;
            }
            Optional<PersistentVolume> volume = facts.volume(PodClaims.volumeName(claim));
            if (volume.isEmpty()) {
                return new VolumePlan.Impossible(NO_VOLUME);
            }
            if (!VolumeMatch.isReachable(volume.get(), node)) {
                return new VolumePlan.Impossible(ELSEWHERE);
            }
        }
        return planned(unbound, node);
    }

    private VolumePlan planned(List<PersistentVolumeClaim> unbound, NodeView node) {
        var made = new ArrayList<PersistentVolumeClaim>();
        var free = new ArrayList<PersistentVolumeClaim>();
        for (PersistentVolumeClaim claim : unbound) {
            String chosen = PodClaims.annotations(claim).get(PodClaims.NODE);
            if (chosen == null) {
                free.add(claim);
            } else if (chosen.equals(node.name())) {
                made.add(claim);
            } else {
                return new VolumePlan.Impossible(NO_MATCH);
            }
        }
        // The smallest first, so that it does not take what a larger one needs.
        free.sort(Comparator.comparing(PodClaims::requested));
        var bonds = new ArrayList<VolumePlan.Bond>();
        var taken = new HashSet<String>();
        for (PersistentVolumeClaim claim : free) {
            Optional<PersistentVolume> match =
                    VolumeMatch.best(claim, facts.volumesOf(PodClaims.storageClass(claim)), node, taken);
            match.ifPresentOrElse(
                    volume -> {
                        taken.add(volume.getMetadata().getName());
                        bonds.add(new VolumePlan.Bond(volume, claim));
                    },
                    () -> made.add(claim));
        }
        for (PersistentVolumeClaim claim : made) {
            Optional<String> fault = fault(claim, node);
            if (fault.isPresent()) {
                return new VolumePlan.Impossible(fault.get());
            }
        }
        return new VolumePlan.Possible(bonds, made);
    }

    /// Why nobody can make a volume for `claim` on `node`.
    private Optional<String> fault(PersistentVolumeClaim claim, NodeView node) {
        Optional<StorageClass> type = facts.storageClass(PodClaims.storageClass(claim))
                .filter(found ->
                        !Objects.requireNonNullElse(found.getProvisioner(), "").isEmpty())
                .filter(found -> !found.getProvisioner().equals(NOBODY))
                .filter(found -> isAllowed(found.getAllowedTopologies(), node.labels()));
        if (type.isEmpty()) {
            return Optional.of(NO_MATCH);
        }
        return hasSpace(claim, type.get(), node) ? Optional.empty() : Optional.of(NO_SPACE);
    }

    /// No terms allow everything; a term without rules nothing.
    private static boolean isAllowed(List<TopologySelectorTerm> terms, Map<String, String> labels) {
        return terms == null
                || terms.isEmpty()
                || terms.stream()
                        .anyMatch(term -> !term.getMatchLabelExpressions().isEmpty()
                                && term.getMatchLabelExpressions().stream()
                                        .allMatch(rule -> labels.containsKey(rule.getKey())
                                                && rule.getValues().contains(labels.get(rule.getKey()))));
    }

    /// Asked of drivers only that say how much space they have.
    private boolean hasSpace(PersistentVolumeClaim claim, StorageClass type, NodeView node) {
        boolean isCounted = facts.driver(type.getProvisioner())
                .filter(driver -> Boolean.TRUE.equals(driver.getSpec().getStorageCapacity()))
                .isPresent();
        return !isCounted
                || facts.capacities().stream()
                        .filter(capacity -> type.getMetadata().getName().equals(capacity.getStorageClassName()))
                        .filter(capacity -> Labels.match(capacity.getNodeTopology(), node.labels()))
                        .flatMap(capacity -> largest(capacity).stream())
                        .anyMatch(largest -> largest.getNumericalAmount().compareTo(PodClaims.requested(claim)) >= 0);
    }

    private static Optional<Quantity> largest(CSIStorageCapacity capacity) {
        return Optional.ofNullable(capacity.getMaximumVolumeSize())
                .or(() -> Optional.ofNullable(capacity.getCapacity()));
    }
}
