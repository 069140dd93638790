package dev.longshore.kinds.machinery;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What an APIService may not say.
final class ApiServiceChecks {

    private ApiServiceChecks() {}

    static void check(Checks checks, ObjectNode object) {
        JsonNode spec = object.path("spec");
        String name = Trees.text(object, "metadata", "name");
        String version = Trees.text(spec, "version");
        String group = Trees.text(spec, "group");
        String wanted = version + "." + group;
        if (!name.isEmpty() && !name.equals(wanted)) {
            checks.invalid("metadata.name", name, "must be `spec.version+\".\"+spec.group`: \"" + wanted + "\"");
        }
        if (group.isEmpty()) {
            if (!version.equals("v1")) {
                checks.required("spec.group", "only v1 may have an empty group and it better be legacy kube");
            }
        } else {
            checks.name("spec.group", group, NameRule.DNS_SUBDOMAIN);
        }
        checks.name("spec.version", version, NameRule.DNS_1035_LABEL);
        range(checks, "spec.groupPriorityMinimum", Trees.number(spec, 0, "groupPriorityMinimum"), 20_000);
        range(checks, "spec.versionPriority", Trees.number(spec, 0, "versionPriority"), 1000);
        if (Trees.has(spec, "service")) {
            service(checks, spec);
        } else {
            local(checks, spec);
        }
    }

    private static void range(Checks checks, String path, long value, long most) {
        if (value <= 0 || value > most) {
            checks.invalid(path, value, "must be positive and less than " + most);
        }
    }

    private static void local(Checks checks, JsonNode spec) {
        if (!Trees.text(spec, "caBundle").isEmpty()) {
            checks.invalid(
                    "spec.caBundle",
                    bytes(Trees.text(spec, "caBundle")) + " bytes",
                    "local APIServices may not have a caBundle");
        }
        if (Trees.flag(spec, "insecureSkipTLSVerify")) {
            checks.invalid(
                    "spec.insecureSkipTLSVerify",
                    spec.path("insecureSkipTLSVerify"),
                    "local APIServices may not have insecureSkipTLSVerify");
        }
    }

    /// How many bytes `base64` stands for.
    private static long bytes(String base64) {
        long characters = base64.chars()
                .filter(letter -> letter != '=' && letter != '\n' && letter != '\r')
                .count();
        return characters * 3 / 4;
    }

    private static void service(Checks checks, JsonNode spec) {
        JsonNode service = spec.path("service");
        checks.requiredText("spec.service.namespace", Trees.text(service, "namespace"));
        checks.requiredText("spec.service.name", Trees.text(service, "name"));
        long port = Trees.number(service, 0, "port");
        if (port < 1 || port > 65535) {
            checks.invalid("spec.service.port", port, "port is not valid: must be between 1 and 65535, inclusive");
        }
        if (Trees.flag(spec, "insecureSkipTLSVerify")
                && !Trees.text(spec, "caBundle").isEmpty()) {
            checks.invalid(
                    "spec.insecureSkipTLSVerify",
                    spec.path("insecureSkipTLSVerify"),
                    "may not be true if caBundle is present");
        }
    }

    static void status(Checks checks, ObjectNode object) {
        int index = 0;
        for (ObjectNode condition : Trees.list(object, "status", "conditions")) {
            String status = Trees.text(condition, "status");
            if (!List.of("True", "False", "Unknown").contains(status)) {
                checks.only("status.conditions[" + index + "].status", status, List.of("True", "False", "Unknown"));
            }
            index++;
        }
    }
}
