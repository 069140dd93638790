package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// SELinux knows the process as a container's, of no other user or role.
final class SeLinuxOptions {

    private static final Set<String> TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t");
    private static final Set<String> TYPES_WITH_ENGINES =
            Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");
    private static final int WITH_ENGINES = 31;

    private SeLinuxOptions() {}

    static Control control() {
        return Control.of(
                "seLinuxOptions",
                Level.BASELINE,
                Control.Revision.since(0, pod -> judge(pod, TYPES)),
                Control.Revision.since(WITH_ENGINES, pod -> judge(pod, TYPES_WITH_ENGINES)));
    }

    private static Optional<Violation> judge(PodSubject pod, Set<String> allowed) {
        var found = new Found(allowed);
        boolean isPod = found.isBad(pod.security());
        List<String> containers = pod.containersThat(container -> found.isBad(PodSubject.security(container)));
        return isPod || !containers.isEmpty()
                ? Optional.of(new Violation(
                        "seLinuxOptions",
                        Words.setters(isPod, containers) + " set forbidden securityContext.seLinuxOptions: "
                                + found.shown()))
                : Optional.empty();
    }

    /// What was found in all of a pod.
    private static final class Found {
        private final Set<String> allowed;
        private final TreeSet<String> types = new TreeSet<>();
        private boolean isUserSet;
        private boolean isRoleSet;

        Found(Set<String> allowed) {
            this.allowed = allowed;
        }

        boolean isBad(JsonNode security) {
            JsonNode options = security.path("seLinuxOptions");
            String type = Trees.text(options, "type");
            boolean isBadType = !allowed.contains(type);
            if (isBadType) {
                types.add(type);
            }
            boolean hasUser = !Trees.text(options, "user").isEmpty();
            boolean hasRole = !Trees.text(options, "role").isEmpty();
            isUserSet |= hasUser;
            isRoleSet |= hasRole;
            return isBadType || hasUser || hasRole;
        }

        String shown() {
            var shown = new ArrayList<String>();
            if (!types.isEmpty()) {
                shown.add(Words.counted("type", types.size()) + " " + Words.quoted(types));
            }
            if (isUserSet) {
                shown.add("user may not be set");
            }
            if (isRoleSet) {
                shown.add("role may not be set");
            }
            return String.join("; ", shown);
        }
    }
}
