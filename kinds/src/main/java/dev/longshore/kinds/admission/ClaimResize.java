package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;

/// Only bound claims may grow, and only where their class lets them.
final class ClaimResize implements Admission {

    private static final GroupResource CLAIMS = new GroupResource("", "persistentvolumeclaims");
    private static final GroupResource CLASSES = new GroupResource("storage.k8s.io", "storageclasses");
    private static final String OLD_CLASS = "volume.beta.kubernetes.io/storage-class";

    @Override
    public String name() {
        return "PersistentVolumeClaimResize";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isChange = attempt.operation() == Operation.UPDATE
                && Attempts.isOf(attempt, CLAIMS)
                && attempt.object().isPresent()
                && attempt.old().isPresent();
        if (!isChange) {
            return;
        }
        Resource claim = attempt.object().get();
        Resource old = attempt.old().get();
        if (size(claim).compareTo(size(old)) <= 0) {
            return;
        }
        if (!old.text("status", "phase").equals("Bound")) {
            throw Attempts.forbidden(attempt, "Only bound persistent volume claims can be expanded");
        }
        boolean mayGrow = !type(claim).isEmpty()
                && type(claim).equals(type(old))
                && registry.get(CLASSES, "", type(claim))
                        .filter(found -> Trees.flag(found.tree(), "allowVolumeExpansion"))
                        .isPresent();
        if (!mayGrow) {
            throw Attempts.forbidden(
                    attempt,
                    "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc"
                            + " must support resize");
        }
    }

    private static String type(Resource claim) {
        return claim.annotations().getOrDefault(OLD_CLASS, claim.text("spec", "storageClassName"));
    }

    private static Quantity size(Resource claim) {
        String text = claim.text("spec", "resources", "requests", "storage");
        return Quantity.parse(text.isEmpty() ? "0" : text);
    }
}
