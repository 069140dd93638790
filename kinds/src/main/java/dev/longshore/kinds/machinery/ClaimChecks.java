package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.MetadataRules;
import dev.longshore.model.NameRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What claims of devices, their templates and classes may not say.
final class ClaimChecks {

    private static final int MAX = 32;
    private static final int MAX_ALTERNATIVES = 8;
    private static final String NO_REQUEST = "must be the name of a request in the claim or the name of a request and a"
            + " subrequest separated by '/'";

    private ClaimChecks() {}

    static void claim(Checks checks, ObjectNode object) {
        devices(checks, "spec.devices", Trees.at(object, "spec", "devices"));
    }

    static void template(Checks checks, ObjectNode object) {
        String path = "spec.metadata";
        JsonNode metadata = Trees.at(object, "spec", "metadata");
        var causes = new ArrayList<dev.longshore.model.Cause>();
        MetadataRules.annotations(causes, path + ".annotations", Trees.texts(metadata, "annotations"));
        MetadataRules.labels(causes, path + ".labels", Trees.texts(metadata, "labels"));
        causes.forEach(checks::add);
        devices(checks, "spec.spec.devices", Trees.at(object, "spec", "spec", "devices"));
    }

    static void deviceClass(Checks checks, ObjectNode object) {
        DeviceNames.selectors(checks, "spec.selectors", Trees.list(object, "spec", "selectors"));
        List<ObjectNode> configs = Trees.list(object, "spec", "config");
        if (!checks.tooMany("spec.config", configs.size(), MAX)) {
            for (int i = 0; i < configs.size(); i++) {
                DeviceNames.configuration(checks, "spec.config[" + i + "]", configs.get(i));
            }
        }
        if (Trees.has(object, "spec", "extendedResourceName")) {
            extendedName(checks, Trees.text(object, "spec", "extendedResourceName"));
        }
    }

    private static void extendedName(Checks checks, String name) {
        int slash = name.indexOf('/');
        boolean isOurs =
                slash < 0 || name.substring(0, slash).endsWith("kubernetes.io") || name.startsWith("requests.");
        if (isOurs || !MetadataRules.qualifiedName("requests." + name).isEmpty()) {
            checks.invalid("spec.extendedResourceName", name, "must be a valid extended resource name");
        }
    }

    private static void devices(Checks checks, String path, JsonNode devices) {
        List<ObjectNode> requests = Trees.list(devices, "requests");
        Map<String, Set<String>> names = names(requests);
        if (!checks.tooMany(path + ".requests", requests.size(), MAX)) {
            for (int i = 0; i < requests.size(); i++) {
                request(checks, path + ".requests[" + i + "]", requests.get(i));
            }
            DeviceNames.unique(checks, path + ".requests", texts(requests, "name"));
        }
        List<ObjectNode> constraints = Trees.list(devices, "constraints");
        if (!checks.tooMany(path + ".constraints", constraints.size(), MAX)) {
            for (int i = 0; i < constraints.size(); i++) {
                constraint(checks, path + ".constraints[" + i + "]", constraints.get(i), names);
            }
        }
        List<ObjectNode> configs = Trees.list(devices, "config");
        if (!checks.tooMany(path + ".config", configs.size(), MAX)) {
            for (int i = 0; i < configs.size(); i++) {
                String at = path + ".config[" + i + "]";
                references(checks, at + ".requests", Trees.strings(configs.get(i), "requests"), names);
                DeviceNames.configuration(checks, at, configs.get(i));
            }
        }
    }

    private static List<String> texts(List<ObjectNode> objects, String field) {
        return objects.stream().map(object -> Trees.text(object, field)).toList();
    }

    /// The requests of a claim, each with its alternatives.
    static Map<String, Set<String>> names(List<ObjectNode> requests) {
        var names = new HashMap<String, Set<String>>();
        for (ObjectNode request : requests) {
            names.put(
                    Trees.text(request, "name"),
                    Trees.list(request, "firstAvailable").stream()
                            .map(alternative -> Trees.text(alternative, "name"))
                            .collect(Collectors.toSet()));
        }
        return names;
    }

    private static void request(Checks checks, String path, ObjectNode request) {
        checks.name(path + ".name", Trees.text(request, "name"), NameRule.DNS_LABEL);
        List<ObjectNode> alternatives = Trees.list(request, "firstAvailable");
        boolean isExact = Trees.has(request, "exactly");
        if (!isExact && alternatives.isEmpty()) {
            checks.required(path, "exactly one of `exactly` or `firstAvailable` is required");
        } else if (isExact && !alternatives.isEmpty()) {
            checks.invalid(
                    path,
                    tools.jackson.databind.node.NullNode.getInstance(),
                    "exactly one of `exactly` or `firstAvailable` is required, but multiple fields are set");
        } else if (isExact) {
            exact(checks, path + ".exactly", request.path("exactly"));
        } else if (!checks.tooMany(path + ".firstAvailable", alternatives.size(), MAX_ALTERNATIVES)) {
            for (int i = 0; i < alternatives.size(); i++) {
                String at = path + ".firstAvailable[" + i + "]";
                checks.name(at + ".name", Trees.text(alternatives.get(i), "name"), NameRule.DNS_LABEL);
                exact(checks, at, alternatives.get(i));
            }
            DeviceNames.unique(checks, path + ".firstAvailable", texts(alternatives, "name"));
        }
    }

    private static void exact(Checks checks, String path, JsonNode request) {
        checks.requiredName(path + ".deviceClassName", Trees.text(request, "deviceClassName"), NameRule.DNS_SUBDOMAIN);
        DeviceNames.selectors(checks, path + ".selectors", Trees.list(request, "selectors"));
        long count = Trees.number(request, 0, "count");
        String mode = Trees.text(request, "allocationMode");
        switch (mode) {
            case "All" -> {
                if (count != 0) {
                    checks.invalid(path + ".count", count, "must not be specified when allocationMode is 'All'");
                }
            }
            case "ExactCount" -> {
                if (count <= 0) {
                    checks.invalid(path + ".count", count, "must be greater than zero");
                }
            }
            default -> checks.only(path + ".allocationMode", mode, List.of("All", "ExactCount"));
        }
        DeviceNames.tolerations(checks, path + ".tolerations", Trees.list(request, "tolerations"));
    }

    private static void constraint(Checks checks, String path, ObjectNode constraint, Map<String, Set<String>> names) {
        references(checks, path + ".requests", Trees.strings(constraint, "requests"), names);
        if (Trees.has(constraint, "matchAttribute")) {
            DeviceNames.fullyQualified(checks, path + ".matchAttribute", Trees.text(constraint, "matchAttribute"));
        } else if (Trees.has(constraint, "distinctAttribute")) {
            DeviceNames.fullyQualified(
                    checks, path + ".distinctAttribute", Trees.text(constraint, "distinctAttribute"));
        } else {
            checks.required(
                    path,
                    "exactly one of \"matchAttribute\" or \"distinctAttribute\" is required, but multiple fields are"
                            + " set");
        }
    }

    static void references(Checks checks, String path, List<String> references, Map<String, Set<String>> names) {
        if (checks.tooMany(path, references.size(), MAX)) {
            return;
        }
        for (int i = 0; i < references.size(); i++) {
            reference(checks, path + "[" + i + "]", references.get(i), names);
        }
        DeviceNames.unique(checks, path, references);
    }

    static void reference(Checks checks, String path, String reference, Map<String, Set<String>> names) {
        String[] parts = reference.split("/", -1);
        if (parts.length > 2) {
            checks.invalid(path, reference, NO_REQUEST);
            return;
        }
        for (String part : parts) {
            checks.name(path, part, NameRule.DNS_LABEL);
        }
        Set<String> alternatives = names.get(parts[0]);
        boolean isKnown = alternatives != null && (parts.length == 1 || alternatives.contains(parts[1]));
        if (!isKnown) {
            checks.invalid(path, reference, NO_REQUEST);
        }
    }
}
