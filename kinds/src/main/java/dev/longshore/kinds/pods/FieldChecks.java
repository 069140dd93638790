package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Selectors;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Quantity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What may be said of a pod to its own containers (the downward API).
final class FieldChecks {

    /// In environment variables.
    static final List<String> OF_VARIABLES = List.of(
            "metadata.name",
            "metadata.namespace",
            "metadata.uid",
            "spec.nodeName",
            "spec.serviceAccountName",
            "status.hostIP",
            "status.hostIPs",
            "status.podIP",
            "status.podIPs");
    /// In files.
    static final List<String> OF_FILES =
            List.of("metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid");

    private static final Set<String> KNOWN = Set.of(
            "metadata.annotations",
            "metadata.labels",
            "metadata.name",
            "metadata.namespace",
            "metadata.uid",
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.serviceAccountName",
            "spec.schedulerName",
            "status.phase",
            "status.hostIP",
            "status.hostIPs",
            "status.podIP",
            "status.podIPs");
    private static final Map<String, String> OLD_NAMES = Map.of("spec.host", "spec.nodeName");
    private static final Pattern SUBSCRIPTED = Pattern.compile("(.+)\\['([^']*)'\\]", Pattern.DOTALL);
    private static final List<String> RESOURCES = List.of(
            "limits.cpu",
            "limits.ephemeral-storage",
            "limits.memory",
            "requests.cpu",
            "requests.ephemeral-storage",
            "requests.memory");
    private static final Set<String> CPU_DIVISORS = Set.of("1m", "1");
    private static final Set<String> BYTE_DIVISORS =
            Set.of("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei");
    private static final String BYTE_MESSAGE = "only divisor's values 1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti,"
            + " 1Pi, 1Ei are supported with the ";

    private FieldChecks() {}

    /// A reference to one of the pod's fields, of those in `allowed`.
    static void field(Checks checks, String at, ObjectNode reference, List<String> allowed) {
        String path = Trees.text(reference, "fieldPath");
        if (!checks.requiredText(at + ".apiVersion", Trees.text(reference, "apiVersion"))
                || !checks.requiredText(at + ".fieldPath", path)) {
            return;
        }
        Matcher subscripted = SUBSCRIPTED.matcher(path);
        String field = subscripted.matches() ? subscripted.group(1) : OLD_NAMES.getOrDefault(path, path);
        if (!Trees.text(reference, "apiVersion").equals("v1")) {
            checks.invalid(
                    at + ".fieldPath",
                    path,
                    "error converting fieldPath: unsupported pod version: " + Trees.text(reference, "apiVersion"));
        } else if (subscripted.matches()) {
            subscript(checks, at, path, field, subscripted.group(2));
        } else if (!KNOWN.contains(field)) {
            checks.invalid(at + ".fieldPath", path, "error converting fieldPath: field label not supported: " + path);
        } else if (!allowed.contains(field)) {
            checks.unsupported(at + ".fieldPath", field, allowed.toArray(String[]::new));
        }
    }

    private static void subscript(Checks checks, String at, String path, String field, String key) {
        switch (field) {
            case "metadata.annotations" -> Selectors.checkKey(checks, at, key.toLowerCase(Locale.ROOT));
            case "metadata.labels" -> Selectors.checkKey(checks, at, key);
            default ->
                checks.invalid(
                        at + ".fieldPath", path, "error converting fieldPath: field label does not support subscript");
        }
    }

    /// A reference to one of a container's amounts.
    static void resource(Checks checks, String at, ObjectNode reference, boolean inFile) {
        String resource = Trees.text(reference, "resource");
        if (inFile && Trees.text(reference, "containerName").isEmpty()) {
            checks.required(at + ".containerName");
        } else if (checks.requiredText(at + ".resource", resource)
                && !RESOURCES.contains(resource)
                && !isHugePages(resource)) {
            checks.unsupported(at + ".resource", resource, RESOURCES.toArray(String[]::new));
        }
        Quantity.find(Trees.at(reference, "divisor").asString("0"))
                .filter(divisor -> divisor.signum() != 0)
                .ifPresent(divisor -> divisor(checks, at + ".divisor", resource, divisor.toString()));
    }

    private static boolean isHugePages(String resource) {
        return resource.startsWith("requests.hugepages-") || resource.startsWith("limits.hugepages-");
    }

    private static void divisor(Checks checks, String at, String resource, String divisor) {
        String kind = resource.substring(resource.indexOf('.') + 1);
        if (kind.equals("cpu")) {
            if (!CPU_DIVISORS.contains(divisor)) {
                checks.invalid(at, resource, "only divisor's values 1m and 1 are supported with the cpu resource");
            }
        } else if (!BYTE_DIVISORS.contains(divisor)) {
            switch (kind) {
                case "memory" -> checks.invalid(at, resource, BYTE_MESSAGE + "memory resource");
                case "ephemeral-storage" ->
                    checks.invalid(at, resource, BYTE_MESSAGE + "local ephemeral storage resource");
                default -> {
                    if (isHugePages(resource)) {
                        checks.invalid(at, resource, BYTE_MESSAGE + "hugepages resource");
                    }
                }
            }
        }
    }
}
