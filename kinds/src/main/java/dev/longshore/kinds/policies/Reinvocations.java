package dev.longshore.kinds.policies;

import dev.longshore.model.Resource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Which policies are asked again in the second round: those that wish it, and after which the object was changed. For
/// one thread.
final class Reinvocations {

    private final Set<Invocation> asked = new HashSet<>();
    private final Set<Invocation> wanted = new HashSet<>();
    private Optional<Resource> left = Optional.empty();

    /// A policy, asked under a binding with parameters.
    ///
    /// @param params namespace and name; empty without
    record Invocation(String policy, String binding, String params) {}

    /// The second round begins with `object`: whoever else has changed it meanwhile has done so after all policies.
    void begin(Resource object) {
        if (left.filter(object::equals).isEmpty()) {
            changed();
        }
    }

    boolean isWanted(Invocation invocation) {
        return wanted.contains(invocation);
    }

    /// The object was changed: who was asked before may be asked again.
    void changed() {
        wanted.addAll(asked);
        asked.clear();
    }

    /// Was asked, and wishes to be so again when something changes.
    void asked(Invocation invocation) {
        asked.add(invocation);
    }

    /// All policies were asked, and left `object`.
    void end(Resource object) {
        left = Optional.of(object.copy());
    }
}
