package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What those may say who write a pod's status.
final class PodStatusChecks {

    private static final Set<String> SYSTEM_CONDITIONS = Set.of("PodScheduled", "Ready", "Initialized");

    private final Checks checks;
    private final ObjectNode pod;
    private final ObjectNode old;

    PodStatusChecks(Checks checks, ObjectNode pod, ObjectNode old) {
        this.checks = checks;
        this.pod = pod;
        this.old = old;
    }

    void check() {
        JsonNode status = pod.path("status");
        new AnnotationChecks(checks, "metadata.annotations")
                .change(Trees.texts(pod, "metadata", "annotations"), Trees.texts(old, "metadata", "annotations"));
        // That the path begins with metadata is a slip of the original that clients see.
        Trees.each(status, "metadata", "conditions", (at, condition) -> {
            String type = Trees.text(condition, "type");
            if (!SYSTEM_CONDITIONS.contains(type)) {
                Selectors.checkKey(checks, at + ".Type", type);
            }
        });
        String nominated = Trees.text(status, "nominatedNodeName");
        if (!nominated.isEmpty() && !nominated.equals(Trees.text(old, "status", "nominatedNodeName"))) {
            checks.name("status.nominatedNodeName", nominated, NameRule.DNS_SUBDOMAIN);
        }
        if (!Trees.same(pod, old, "status", "qosClass")) {
            checks.invalid("status.qosClass", Trees.text(status, "qosClass"), Checks.IMMUTABLE);
        }
        transitions("containerStatuses", "containers");
        transitions("initContainerStatuses", "initContainers");
        transitions("ephemeralContainerStatuses", "ephemeralContainers");
        claims(status);
        addresses(status, "podIPs");
        hostAddresses(status);
        for (String list : List.of("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")) {
            Trees.each(status, "status", list, this::user);
        }
        Trees.each(status, "status", "ephemeralContainerStatuses", (at, container) -> {
            if (!container.path("allocatedResourcesStatus").isEmpty()) {
                checks.forbidden(at + ".allocatedResourcesStatus", "must not be specified in container status");
            }
        });
    }

    /// A container that has ended for good does not begin again.
    private void transitions(String list, String containers) {
        JsonNode before = Trees.at(old, "status", list);
        List<ObjectNode> now = Trees.list(pod, "status", list);
        for (int i = 0; i < before.size(); i++) {
            String name = Trees.text(before.get(i), "name");
            JsonNode ended = Trees.at(before.get(i), "state", "terminated");
            if (!ended.isObject() || mayRestart(containers, name, Trees.number(ended, 0, "exitCode"))) {
                continue;
            }
            for (ObjectNode status : now) {
                if (Trees.text(status, "name").equals(name) && !Trees.has(status, "state", "terminated")) {
                    checks.forbidden(
                            "status." + list + "[" + i + "].state", "may not be transitioned to non-terminated state");
                }
            }
        }
    }

    private boolean mayRestart(String list, String name, long exitCode) {
        if (list.equals("ephemeralContainers")) {
            return false;
        }
        String policy = Trees.text(old, "spec", "restartPolicy");
        for (ObjectNode container : Trees.list(old, "spec", list)) {
            if (Trees.text(container, "name").equals(name)) {
                String own = Trees.text(container, "restartPolicy");
                policy = own.isEmpty() ? policy : own;
                if (!container.path("restartPolicyRules").isEmpty()) {
                    return true;
                }
            }
        }
        return policy.equals("Always") || policy.equals("OnFailure") && exitCode != 0;
    }

    private void claims(JsonNode status) {
        var known = new HashSet<String>();
        Trees.list(pod, "spec", "resourceClaims").forEach(claim -> known.add(Trees.text(claim, "name")));
        var seen = new HashSet<String>();
        Trees.each(status, "status", "resourceClaimStatuses", (at, claim) -> {
            String name = Trees.text(claim, "name");
            if (!known.contains(name)) {
                checks.invalid(at + ".name", name, "must match the name of an entry in `spec.resourceClaims`");
            }
            if (!seen.add(name)) {
                checks.duplicate(at + ".name", name);
            }
            if (Trees.has(claim, "resourceClaimName")) {
                checks.name(at + ".name", Trees.text(claim, "resourceClaimName"), NameRule.DNS_SUBDOMAIN);
            }
        });
    }

    private void addresses(JsonNode status, String list) {
        JsonNode all = status.path(list);
        List<String> addresses = Trees.list(status, list).stream()
                .map(one -> Trees.text(one, "ip"))
                .toList();
        for (int i = 0; i < addresses.size(); i++) {
            IpChecks.address(checks, "status." + list + "[" + i + "]", addresses.get(i));
        }
        if (addresses.size() < 2) {
            return;
        }
        if (addresses.size() > 2 || !IpChecks.isDualStack(addresses)) {
            checks.invalid("status." + list, all, "may specify no more than one IP for each IP family");
        }
        var seen = new HashSet<String>();
        for (int i = 0; i < addresses.size(); i++) {
            if (!seen.add(addresses.get(i))) {
                checks.duplicate("status." + list + "[" + i + "]", addresses.get(i));
            }
        }
    }

    private void hostAddresses(JsonNode status) {
        if (status.path("hostIPs").isEmpty()) {
            return;
        }
        String first = Trees.text(status.path("hostIPs").get(0), "ip");
        if (!first.equals(Trees.text(status, "hostIP"))) {
            checks.invalid("status.hostIPs[0].ip", first, "must be equal to `hostIP`");
        }
        addresses(status, "hostIPs");
    }

    private void user(String at, ObjectNode container) {
        JsonNode linux = Trees.at(container, "user", "linux");
        if (!linux.isObject()) {
            return;
        }
        if (Trees.text(pod, "spec", "os", "name").equals("windows")) {
            checks.forbidden(at + ".linux", "cannot be set for a windows pod");
            return;
        }
        for (String field : List.of("uid", "gid")) {
            SecurityChecks.id(checks, at + ".linux." + field, linux.path(field));
        }
        JsonNode groups = linux.path("supplementalGroups");
        for (int i = 0; i < groups.size(); i++) {
            SecurityChecks.id(checks, at + ".linux.supplementalGroups[" + i + "]", groups.get(i));
        }
    }
}
