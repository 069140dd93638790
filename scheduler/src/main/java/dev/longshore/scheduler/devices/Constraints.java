package dev.longshore.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceConstraint;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import java.util.List;
import java.util.Optional;

/// What devices of one claim must have in common, or must not.
final class Constraints {

    private Constraints() {}

    /// Whether `next` goes with those that were chosen.
    static boolean allow(ResourceClaim claim, List<Choice> chosen, Choice next) {
        return claim.getSpec().getDevices().getConstraints().stream()
                .filter(constraint -> next.wish().isIn(constraint.getRequests()))
                .allMatch(constraint -> allows(constraint, chosen, next));
    }

    private static boolean allows(DeviceConstraint constraint, List<Choice> chosen, Choice next) {
        boolean isSame = constraint.getMatchAttribute() != null;
        String name = isSame ? constraint.getMatchAttribute() : constraint.getDistinctAttribute();
        if (name == null) {
            // Of a kind that is not known: nothing can be promised.
            return false;
        }
        Optional<Object> value = next.device().attribute(name);
        return value.isPresent()
                && chosen.stream()
                        .filter(choice -> choice.wish().isIn(constraint.getRequests()))
                        .map(choice -> choice.device().attribute(name))
                        .allMatch(other -> other.equals(value) == isSame);
    }
}
