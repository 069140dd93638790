package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a container's environment variables must be like.
final class EnvChecks {

    private static final Pattern NAME = Pattern.compile("[ -<>-~]+");
    private static final List<String> SOURCES =
            List.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");
    private static final String NAME_MESSAGE =
            "a valid environment variable name must consist only of printable ASCII characters other than '='";

    private final Checks checks;

    EnvChecks(Checks checks) {
        this.checks = checks;
    }

    void check(String path, JsonNode container) {
        Trees.each(container, path, "env", this::variable);
        Trees.each(container, path, "envFrom", (at, source) -> all(path + ".envFrom", at, source));
    }

    private void variable(String at, ObjectNode variable) {
        String name = Trees.text(variable, "name");
        if (checks.requiredText(at + ".name", name)) {
            name(at + ".name", name);
        }
        Trees.object(variable, "valueFrom").ifPresent(source -> valueFrom(at + ".valueFrom", variable, source));
    }

    private void name(String at, String name) {
        if (!NAME.matcher(name).matches()) {
            checks.invalid(at, name, NAME_MESSAGE);
        }
    }

    private void valueFrom(String at, ObjectNode variable, ObjectNode source) {
        int count = 0;
        for (String kind : SOURCES) {
            if (source.get(kind) instanceof ObjectNode reference) {
                count++;
                reference(at + "." + kind, kind, reference);
            }
        }
        if (count == 0) {
            checks.invalid(
                    at,
                    "",
                    "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or"
                            + " `fileKeyRef`");
        } else if (!Trees.text(variable, "value").isEmpty()) {
            checks.invalid(at, "", "may not be specified when `value` is not empty");
        } else if (count > 1) {
            checks.invalid(at, "", "may not have more than one field specified at a time");
        }
    }

    private void reference(String at, String kind, ObjectNode reference) {
        switch (kind) {
            case "fieldRef" -> FieldChecks.field(checks, at, reference, FieldChecks.OF_VARIABLES);
            case "resourceFieldRef" -> FieldChecks.resource(checks, at, reference, false);
            case "fileKeyRef" -> file(at, reference);
            default -> {
                String key = Trees.text(reference, "key");
                checks.name(at + ".name", Trees.text(reference, "name"), NameRule.DNS_SUBDOMAIN);
                if (checks.requiredText(at + ".key", key)) {
                    ConfigKeys.check(checks, at + ".key", key);
                }
            }
        }
    }

    /// A variable's value from a file in a volume that the pod's own containers fill.
    private void file(String at, ObjectNode reference) {
        String key = Trees.text(reference, "key");
        if (checks.requiredText(at + ".key", key)) {
            name(at + ".key", key);
        }
        checks.requiredName(at + ".volumeName", Trees.text(reference, "volumeName"), NameRule.DNS_LABEL);
        String path = Trees.text(reference, "path");
        if (checks.requiredText(at + ".path", path)) {
            PathChecks.noBacksteps(checks, at + ".path", path);
        }
    }

    /// Checks that the files of all variables of a pod are in volumes that its containers can fill.
    void fileVolumes(String path, JsonNode spec) {
        var volumes = new HashMap<String, ObjectNode>();
        Trees.list(spec, "volumes").forEach(volume -> volumes.put(Trees.text(volume, "name"), volume));
        PodLists.each(
                path,
                spec,
                (at, container) -> Trees.each(container, at, "env", (variableAt, variable) -> {
                    if (!Trees.has(variable, "valueFrom", "fileKeyRef")) {
                        return;
                    }
                    String name = Trees.text(variable, "valueFrom", "fileKeyRef", "volumeName");
                    String nameAt = variableAt + ".valueFrom.fileKeyRef.volumeName";
                    if (!volumes.containsKey(name)) {
                        checks.notFound(nameAt, name, "");
                    } else if (!Trees.has(volumes.get(name), "emptyDir")) {
                        checks.invalid(nameAt, name, "referenced volume must be of type emptyDir");
                    }
                }));
    }

    private void all(String list, String at, ObjectNode source) {
        String prefix = Trees.text(source, "prefix");
        if (!prefix.isEmpty()) {
            name(at + ".prefix", prefix);
        }
        int count = 0;
        for (String kind : List.of("configMapRef", "secretRef")) {
            if (source.get(kind) instanceof ObjectNode reference) {
                count++;
                checks.requiredName(at + "." + kind + ".name", Trees.text(reference, "name"), NameRule.DNS_SUBDOMAIN);
            }
        }
        if (count == 0) {
            checks.invalid(list, "", "must specify one of: `configMapRef` or `secretRef`");
        } else if (count > 1) {
            checks.invalid(list, "", "may not have more than one field specified at a time");
        }
    }
}
