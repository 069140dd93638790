package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.util.ArrayList;
import java.util.List;

/// Whom a claim of a StatefulSet belongs to, and goes with, by the set's retention policy: to the set, when
/// claims go with the set; to its pod, once that is beyond the wanted number, when they go with it; else to
/// nobody.
final class ClaimOwners {

    private final PersistentVolumeClaim claim;
    private final StatefulSet set;
    private final Pod pod;

    ClaimOwners(PersistentVolumeClaim claim, StatefulSet set, Pod pod) {
        this.claim = claim;
        this.set = set;
        this.pod = pod;
    }

    /// True if nothing needs to be changed: also where an earlier set or pod of the same name still owns the
    /// claim, which then will be collected, and where somebody else manages it.
    boolean areUpToDate() {
        if (hasStale(set) || hasStale(pod)) {
            return true;
        }
        if (areManagedElsewhere()) {
            return !owns(set) && !owns(pod);
        }
        boolean isManaged = owners().stream()
                .filter(owner -> isUid(owner, set) || isUid(owner, pod))
                .allMatch(owner -> Boolean.TRUE.equals(owner.getController()));
        return isManaged && owns(set) == belongsToSet() && owns(pod) == belongsToPod();
    }

    /// The references that the claim should have.
    List<OwnerReference> wanted() {
        var wanted = new ArrayList<>(owners());
        wanted.removeIf(owner -> isNamed(owner, set) || isNamed(owner, pod));
        if (areManagedElsewhere()) {
            return wanted;
        }
        if (belongsToSet()) {
            wanted.add(Keys.controlledBy(set));
        }
        if (belongsToPod()) {
            wanted.add(Keys.controlledBy(pod));
        }
        return wanted;
    }

    /// True if the claim is managed by somebody else, so that the policy cannot be kept.
    boolean areManagedElsewhere() {
        if (!StatefulPods.isDeletedWithSet(set) && !StatefulPods.isDeletedWithPod(set)) {
            return false;
        }
        return owners().stream()
                .anyMatch(owner -> isNamed(owner, set)
                        ? !isUid(owner, set)
                        : isNamed(owner, pod) ? !isUid(owner, pod) : Boolean.TRUE.equals(owner.getController()));
    }

    /// True if an earlier object of the name of `owner` owns the claim.
    boolean hasStale(HasMetadata owner) {
        return owners().stream()
                .filter(reference -> isNamed(reference, owner))
                .findFirst()
                .filter(reference -> !isUid(reference, owner))
                .isPresent();
    }

    private boolean belongsToSet() {
        return StatefulPods.isDeletedWithSet(set) && !belongsToPod();
    }

    private boolean belongsToPod() {
        return StatefulPods.isDeletedWithPod(set) && !StatefulPods.isWanted(set, pod);
    }

    private boolean owns(HasMetadata object) {
        return owners().stream().anyMatch(owner -> isUid(owner, object));
    }

    private List<OwnerReference> owners() {
        return claim.getMetadata().getOwnerReferences();
    }

    private static boolean isUid(OwnerReference reference, HasMetadata object) {
        return reference.getUid().equals(object.getMetadata().getUid());
    }

    private static boolean isNamed(OwnerReference reference, HasMetadata object) {
        return reference.getApiVersion().equals(object.getApiVersion())
                && reference.getKind().equals(object.getKind())
                && reference.getName().equals(object.getMetadata().getName());
    }
}
