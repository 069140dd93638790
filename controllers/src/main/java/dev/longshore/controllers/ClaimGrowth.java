package dev.longshore.controllers;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// How the status of a claim tells of its volume's growth: pure but for the clock.
///
/// ```
///                       allocatedResourceStatuses       conditions
/// begun                 ControllerResizeInProgress      Resizing
/// left to the node      NodeResizePending               Resizing, FileSystemResizePending
/// done by the kubelet   none                            none; capacity is the volume's
/// ```
final class ClaimGrowth {

    static final String BEGUN = "ControllerResizeInProgress";
    static final String PENDING = "NodeResizePending";

    private static final String RESIZING = "Resizing";
    private static final String ON_NODE = "FileSystemResizePending";
    private static final List<String> OF_GROWTH =
            List.of(RESIZING, ON_NODE, "ControllerResizeError", "NodeResizeError");
    private static final List<String> AT_NODE = List.of(PENDING, "NodeResizeInProgress");

    private final Time time;

    ClaimGrowth(Time time) {
        this.time = time;
    }

    /// To what size the volume of `claim`, which asks for more than it has, is to grow now: what was begun is
    /// ended first. Empty while the node is at it.
    Optional<Quantity> target(PersistentVolumeClaim claim, PersistentVolume volume) {
        String status = status(claim);
        if (AT_NODE.contains(status)) {
            return Optional.empty();
        }
        Quantity begun = status.equals(BEGUN)
                ? Objects.requireNonNullElse(claim.getStatus().getAllocatedResources(), Map.<String, Quantity>of())
                        .get(StorageClaims.STORAGE)
                : null;
        return Optional.of(Objects.requireNonNullElseGet(
                begun, () -> claim.getSpec().getResources().getRequests().get(StorageClaims.STORAGE)));
    }

    private static String status(PersistentVolumeClaim claim) {
        return Objects.requireNonNullElse(claim.getStatus().getAllocatedResourceStatuses(), Map.<String, String>of())
                .getOrDefault(StorageClaims.STORAGE, "");
    }

    /// `claim` whose volume begins to grow to `size`.
    PersistentVolumeClaim begun(PersistentVolumeClaim claim, Quantity size) {
        return new PersistentVolumeClaimBuilder(claim)
                .editStatus()
                .addToAllocatedResourceStatuses(StorageClaims.STORAGE, BEGUN)
                .addToAllocatedResources(StorageClaims.STORAGE, size)
                .withConditions(conditions(claim, RESIZING, null, false))
                .endStatus()
                .build();
    }

    /// `claim` whose volume is as large as it should be, of which the node does not know.
    PersistentVolumeClaim leftToNode(PersistentVolumeClaim claim) {
        return new PersistentVolumeClaimBuilder(claim)
                .editStatus()
                .addToAllocatedResourceStatuses(StorageClaims.STORAGE, PENDING)
                .withConditions(conditions(
                        claim,
                        ON_NODE,
                        "Waiting for user to (re-)start a pod to finish file system resize of volume on node.",
                        true))
                .endStatus()
                .build();
    }

    private List<PersistentVolumeClaimCondition> conditions(
            PersistentVolumeClaim claim, String type, String message, boolean keepsOthers) {
        var conditions = new ArrayList<PersistentVolumeClaimCondition>();
        boolean isThere = false;
        for (PersistentVolumeClaimCondition condition : claim.getStatus().getConditions()) {
            boolean isSame = condition.getType().equals(type);
            boolean isSaid = isSame && "True".equals(condition.getStatus());
            if (isSaid || !isSame && (keepsOthers || !OF_GROWTH.contains(condition.getType()))) {
                conditions.add(condition);
                isThere |= isSaid;
            }
        }
        if (!isThere) {
            conditions.add(new PersistentVolumeClaimConditionBuilder()
                    .withType(type)
                    .withStatus("True")
                    .withMessage(message)
                    .withLastTransitionTime(
                            Instant.ofEpochSecond(time.now().getEpochSecond()).toString())
                    .build());
        }
        return conditions;
    }
}
