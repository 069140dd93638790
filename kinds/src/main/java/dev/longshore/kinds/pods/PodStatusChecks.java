package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.InnerTypes;
import dev.longshore.kinds.kit.IpChecks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What those may say who write a pod's status.
final class PodStatusChecks {

    private static final Set<String> SYSTEM_CONDITIONS = Set.of("PodScheduled", "Ready", "Initialized");

    private final Checks checks;
    private final ObjectNode pod;
    private final ObjectNode old;
    private final JsonNode status;

    PodStatusChecks(Checks checks, ObjectNode pod, ObjectNode old) {
        this.checks = checks;
        this.pod = pod;
        this.old = old;
        this.status = pod.path("status");
    }

    void check() {
        var annotations = new AnnotationChecks(checks, "metadata.annotations");
        Map<String, String> now = Trees.texts(pod, "metadata", "annotations");
        annotations.change(now, Trees.texts(old, "metadata", "annotations"));
        annotations.check(now, pod.path("spec"));
        conditions();
        nominated();
        generation("status.observedGeneration", status);
        if (!Trees.same(pod, old, "status", "qosClass")) {
            checks.invalid("status.qosClass", Trees.text(status, "qosClass"), Checks.IMMUTABLE);
        }
        var containers = new ContainerStatusChecks(checks, pod, old);
        containers.transitions();
        claims();
        if (status.get("extendedResourceClaimStatus") instanceof ObjectNode extended) {
            extendedClaims("status.extendedResourceClaimStatus", extended);
        }
        addresses("podIPs");
        hostAddresses();
        containers.users();
        containers.devices();
    }

    private void conditions() {
        Trees.each(status, "status", "conditions", (at, condition) -> {
            generation(at + ".observedGeneration", condition);
            String type = Trees.text(condition, "type");
            if (!SYSTEM_CONDITIONS.contains(type)) {
                Selectors.checkKey(checks, at + ".Type", type);
            }
        });
    }

    private void generation(String at, JsonNode holder) {
        long generation = Trees.number(holder, 0, "observedGeneration");
        if (generation < 0) {
            checks.invalid(at, generation, "must be a non-negative integer");
        }
    }

    private void nominated() {
        String nominated = Trees.text(status, "nominatedNodeName");
        if (nominated.isEmpty() || nominated.equals(Trees.text(old, "status", "nominatedNodeName"))) {
            return;
        }
        checks.name("status.nominatedNodeName", nominated, NameRule.DNS_SUBDOMAIN);
        if (!Trees.text(old, "spec", "nodeName").isEmpty()) {
            checks.forbidden("status.nominatedNodeName", "may not be set on pods that are already bound to a node");
        }
    }

    private void claims() {
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
                checks.name(at + ".resourceClaimName", Trees.text(claim, "resourceClaimName"), NameRule.DNS_SUBDOMAIN);
            }
        });
    }

    /// A claim that was made for requests of extended resources says for which of them.
    private void extendedClaims(String path, ObjectNode extended) {
        if (extended.path("requestMappings").isEmpty()) {
            checks.required(path + ".requestMappings", "at least one request mapping is required");
        }
        var seen = new HashSet<List<String>>();
        Trees.each(extended, path, "requestMappings", (at, mapping) -> {
            String container = Trees.text(mapping, "containerName");
            String resource = Trees.text(mapping, "resourceName");
            String request = Trees.text(mapping, "requestName");
            List<ObjectNode> found = List.of("containers", "initContainers").stream()
                    .flatMap(list -> Trees.list(pod, "spec", list).stream())
                    .filter(one -> Trees.text(one, "name").equals(container))
                    .toList();
            if (found.isEmpty()) {
                checks.invalid(
                        at + ".containerName",
                        container,
                        "must match the name of an entry in spec.initContainers.name or spec.containers.name");
            } else if (!Trees.has(found.getFirst(), "resources", "requests", resource)) {
                checks.invalid(
                        at + ".resourceName",
                        resource,
                        "must match the extended resource name of an entry in spec.initContainers.resources.requests"
                                + " or spec.containers.resources.requests");
            }
            checks.name(path + ".requestName", request, NameRule.DNS_LABEL);
            if (!seen.add(List.of(container, resource, request))) {
                checks.duplicate(at + ".containerName", container);
                checks.duplicate(at + ".resourceName", resource);
                checks.duplicate(at + ".requestName", request);
            }
        });
        checks.requiredName(
                path + ".resourceClaimName", Trees.text(extended, "resourceClaimName"), NameRule.DNS_SUBDOMAIN);
    }

    private void addresses(String list) {
        List<String> addresses = Trees.list(status, list).stream()
                .map(one -> Trees.text(one, "ip"))
                .toList();
        for (int i = 0; i < addresses.size(); i++) {
            IpChecks.address(checks, "status." + list + "[" + i + "]", addresses.get(i));
        }
        if (addresses.size() > 2 || addresses.size() == 2 && !IpChecks.isDualStack(addresses)) {
            checks.invalid(
                    "status." + list,
                    InnerTypes.listOf("PodIP", status.path(list)),
                    "may specify no more than one IP for each IP family");
        }
    }

    private void hostAddresses() {
        if (status.path("hostIPs").isEmpty()) {
            return;
        }
        String first = Trees.text(status.path("hostIPs").get(0), "ip");
        if (!first.equals(Trees.text(status, "hostIP"))) {
            checks.invalid("status.hostIPs[0].ip", first, "must be equal to `hostIP`");
        }
        addresses("hostIPs");
    }
}
