package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Cause;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What one container must be like.
final class ContainerChecks {

    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]+");
    private static final Pattern VARIABLE = Pattern.compile("[ -<>-~]+");
    private static final List<String> SOURCES =
            List.of("fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef");

    private final Checks checks;
    private final String path;
    private final ObjectNode container;
    private final Set<String> volumes;

    ContainerChecks(Checks checks, String path, ObjectNode container, Set<String> volumes) {
        this.checks = checks;
        this.path = path;
        this.container = container;
        this.volumes = volumes;
    }

    void check(boolean isInit) {
        checks.requiredName(path + ".name", Trees.text(container, "name"), NameRule.DNS_LABEL);
        String image = Trees.text(container, "image");
        if (checks.requiredText(path + ".image", image) && !image.equals(image.strip())) {
            checks.invalid(path + ".image", image, "must not have leading or trailing whitespace");
        }
        checks.requiredOneOf(
                path + ".imagePullPolicy", Trees.text(container, "imagePullPolicy"), "Always", "IfNotPresent", "Never");
        checks.requiredOneOf(
                path + ".terminationMessagePolicy",
                Trees.text(container, "terminationMessagePolicy"),
                "File",
                "FallbackToLogsOnError");
        ports();
        env();
        mounts();
        new ResourceChecks(checks, path + ".resources").check(container.path("resources"));
        probes(isInit);
        security();
    }

    private void ports() {
        var names = new HashSet<String>();
        int index = 0;
        for (ObjectNode port : Trees.list(container, "ports")) {
            String at = path + ".ports[" + index++ + "]";
            String name = Trees.text(port, "name");
            if (!name.isEmpty()) {
                checks.portName(at + ".name", name);
                checks.unique(at + ".name", name, names);
            }
            long number = Trees.number(port, 0, "containerPort");
            if (number == 0) {
                checks.required(at + ".containerPort");
            } else {
                checks.port(at + ".containerPort", number);
            }
            if (Trees.number(port, 0, "hostPort") != 0) {
                checks.port(at + ".hostPort", Trees.number(port, 0, "hostPort"));
            }
            checks.requiredOneOf(at + ".protocol", Trees.text(port, "protocol"), "SCTP", "TCP", "UDP");
        }
    }

    static void hostPorts(Checks checks, String path, ObjectNode container, Set<String> taken, boolean isHostNetwork) {
        int index = 0;
        for (ObjectNode port : Trees.list(container, "ports")) {
            String at = path + ".ports[" + index++ + "]";
            long host = Trees.number(port, 0, "hostPort");
            if (host == 0) {
                continue;
            }
            if (isHostNetwork && host != Trees.number(port, 0, "containerPort")) {
                checks.invalid(
                        at + ".containerPort",
                        Trees.number(port, 0, "containerPort"),
                        "must match `hostPort` when `hostNetwork` is true");
            }
            checks.unique(
                    at + ".hostPort",
                    Trees.text(port, "protocol") + "/" + Trees.text(port, "hostIP") + "/" + host,
                    taken);
        }
    }

    private void env() {
        int index = 0;
        for (ObjectNode variable : Trees.list(container, "env")) {
            String at = path + ".env[" + index++ + "]";
            String name = Trees.text(variable, "name");
            if (checks.requiredText(at + ".name", name)
                    && !VARIABLE.matcher(name).matches()) {
                checks.invalid(
                        at + ".name",
                        name,
                        "a valid environment variable name must consist only of printable ASCII characters other than"
                                + " '='");
            }
            if (Trees.object(variable, "valueFrom").isPresent()) {
                valueFrom(at + ".valueFrom", variable);
            }
        }
        index = 0;
        for (ObjectNode source : Trees.list(container, "envFrom")) {
            String at = path + ".envFrom[" + index++ + "]";
            boolean isMap = Trees.has(source, "configMapRef");
            boolean isSecret = Trees.has(source, "secretRef");
            if (isMap == isSecret) {
                checks.add(Cause.invalid(
                        at,
                        "\"\"",
                        isMap
                                ? "may not have more than one field specified at a time"
                                : "must specify one of: `configMapRef` or `secretRef`"));
            } else {
                String reference = isMap ? "configMapRef" : "secretRef";
                checks.requiredName(
                        at + "." + reference + ".name", Trees.text(source, reference, "name"), NameRule.DNS_SUBDOMAIN);
            }
        }
    }

    private void valueFrom(String at, ObjectNode variable) {
        JsonNode source = variable.path("valueFrom");
        long count = SOURCES.stream().filter(name -> Trees.has(source, name)).count();
        if (!Trees.text(variable, "value").isEmpty() && count > 0) {
            checks.add(Cause.invalid(at, "\"\"", "may not be specified when `value` is not empty"));
        }
        if (count != 1) {
            checks.add(Cause.invalid(
                    at,
                    "\"\"",
                    count == 0
                            ? "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef`"
                                    + " or `fileKeyRef`"
                            : "may not have more than one field specified at a time"));
        }
        Trees.object(source, "fieldRef")
                .ifPresent(field -> checks.requiredText(at + ".fieldRef.fieldPath", Trees.text(field, "fieldPath")));
        Trees.object(source, "resourceFieldRef")
                .ifPresent(
                        field -> checks.requiredText(at + ".resourceFieldRef.resource", Trees.text(field, "resource")));
        for (String reference : List.of("configMapKeyRef", "secretKeyRef")) {
            Trees.object(source, reference).ifPresent(object -> {
                String key = Trees.text(object, "key");
                checks.requiredText(at + "." + reference + ".name", Trees.text(object, "name"));
                if (checks.requiredText(at + "." + reference + ".key", key)
                        && !KEY.matcher(key).matches()) {
                    checks.invalid(at + "." + reference + ".key", key, configKeyMessage());
                }
            });
        }
    }

    /// What is said of keys that ConfigMaps and Secrets may not have.
    static String configKeyMessage() {
        return "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or"
                + " 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";
    }

    private void mounts() {
        var paths = new HashSet<String>();
        int index = 0;
        for (ObjectNode mount : Trees.list(container, "volumeMounts")) {
            String at = path + ".volumeMounts[" + index++ + "]";
            String name = Trees.text(mount, "name");
            if (checks.requiredText(at + ".name", name) && !volumes.contains(name)) {
                checks.add(new Cause("FieldValueNotFound", at + ".name", "Not found: \"" + name + "\""));
            }
            String mountPath = Trees.text(mount, "mountPath");
            if (checks.requiredText(at + ".mountPath", mountPath) && !paths.add(mountPath)) {
                checks.invalid(at + ".mountPath", mountPath, "must be unique");
            }
            String subPath = Trees.text(mount, "subPath");
            if (subPath.startsWith("/")) {
                checks.invalid(at + ".subPath", subPath, "must be a relative path");
            } else if (List.of(subPath.split("/")).contains("..")) {
                checks.invalid(at + ".subPath", subPath, "must not contain '..'");
            }
            if (!subPath.isEmpty() && !Trees.text(mount, "subPathExpr").isEmpty()) {
                checks.invalid(
                        at + ".subPathExpr",
                        Trees.text(mount, "subPathExpr"),
                        "subPathExpr and subPath are mutually exclusive");
            }
        }
    }

    private void probes(boolean isInit) {
        boolean isSidecar = Trees.text(container, "restartPolicy").equals("Always");
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            Trees.object(container, probe).ifPresent(object -> {
                if (isInit && !isSidecar) {
                    checks.forbidden(
                            path + "." + probe, "may not be set for init containers without restartPolicy=Always");
                } else {
                    new ProbeChecks(checks, path + "." + probe).probe(object, probe);
                }
            });
        }
        Trees.object(container, "lifecycle").ifPresent(lifecycle -> {
            if (isInit && !isSidecar) {
                checks.forbidden(
                        path + ".lifecycle", "may not be set for init containers without restartPolicy=Always");
                return;
            }
            for (String hook : List.of("postStart", "preStop")) {
                Trees.object(lifecycle, hook)
                        .ifPresent(action -> new ProbeChecks(checks, path + ".lifecycle." + hook).hook(action));
            }
        });
    }

    private void security() {
        JsonNode context = container.path("securityContext");
        String at = path + ".securityContext";
        checks.nonNegative(at + ".runAsUser", context.path("runAsUser"));
        checks.nonNegative(at + ".runAsGroup", context.path("runAsGroup"));
        boolean isPrivileged = Trees.flag(context, "privileged");
        boolean mayNotEscalate =
                Trees.has(context, "allowPrivilegeEscalation") && !Trees.flag(context, "allowPrivilegeEscalation");
        if (mayNotEscalate && isPrivileged) {
            checks.invalid(at, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }
        if (mayNotEscalate && Trees.strings(context, "capabilities", "add").contains("CAP_SYS_ADMIN")) {
            checks.invalid(
                    at, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }
    }
}
