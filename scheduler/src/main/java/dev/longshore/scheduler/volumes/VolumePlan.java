package dev.longshore.scheduler.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;

/// Whether, and how, the claims of a pod come to their volumes on a node.
public sealed interface VolumePlan {

    /// They do: by taking the volumes of `bonds`, and by having those of `made` made there.
    record Possible(List<Bond> bonds, List<PersistentVolumeClaim> made) implements VolumePlan {

        public Possible {
            bonds = List.copyOf(bonds);
            made = List.copyOf(made);
        }

        /// All are there already.
        public boolean isDone() {
            return bonds.isEmpty() && made.isEmpty();
        }
    }

    /// They do not.
    record Impossible(String reason) implements VolumePlan {}

    /// A volume for a claim.
    record Bond(PersistentVolume volume, PersistentVolumeClaim claim) {}
}
