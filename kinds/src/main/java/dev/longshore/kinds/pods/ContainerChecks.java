package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.NameRule;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What containers must be like: what holds for each, and what for those of one list only.
final class ContainerChecks {

    private static final Set<String> EPHEMERAL_FIELDS = Set.of(
            "name",
            "image",
            "command",
            "args",
            "workingDir",
            "envFrom",
            "env",
            "volumeMounts",
            "volumeDevices",
            "terminationMessagePath",
            "terminationMessagePolicy",
            "imagePullPolicy",
            "securityContext",
            "stdin",
            "stdinOnce",
            "tty",
            "targetContainerName");
    private static final String NOT_EPHEMERAL = "cannot be set for an Ephemeral Container";
    private static final String NOT_INIT = "may not be set for init containers without restartPolicy=Always";

    private final Checks checks;
    private final String path;
    private final PodScope scope;
    private final EnvChecks env;
    private final ProbeChecks probes;
    private final RestartChecks restarts;
    private final SecurityChecks security;

    /// For the pod's spec at `path`.
    ContainerChecks(Checks checks, String path, PodScope scope) {
        this.checks = checks;
        this.path = path;
        this.scope = scope;
        this.env = new EnvChecks(checks);
        this.probes = new ProbeChecks(checks, scope.gracePeriod());
        this.restarts = new RestartChecks(checks, scope);
        this.security = new SecurityChecks(checks);
    }

    void check(JsonNode spec) {
        if (spec.path("containers").isEmpty()) {
            checks.required(path + ".containers");
        }
        var names = new HashSet<String>();
        Trees.each(spec, path, "containers", (at, container) -> regular(at, container, names));
        hostPorts(spec);
        Trees.each(spec, path, "initContainers", (at, container) -> initial(at, container, names));
        Set<String> others = Set.copyOf(names);
        Trees.each(spec, path, "ephemeralContainers", (at, container) -> ephemeral(at, container, names, others));
    }

    private void regular(String at, ObjectNode container, Set<String> names) {
        common(at, container);
        String name = Trees.text(container, "name");
        if (!names.add(name)) {
            checks.duplicate(at + ".name", name);
        }
        life(at, container);
        restarts.restart(at, container, false);
    }

    private void initial(String at, ObjectNode container, Set<String> names) {
        common(at, container);
        restarts.restart(at, container, true);
        unique(at, container, names);
        uniqueHostPorts(at, container, new HashSet<>());
        boolean isSidecar = Trees.text(container, "restartPolicy").equals("Always");
        if (isSidecar) {
            life(at, container);
        } else {
            for (String field : List.of("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")) {
                if (Trees.has(container, field)) {
                    checks.forbidden(at + "." + field, NOT_INIT);
                }
            }
            restarts.resizeOfInitial(at, container);
        }
    }

    private void ephemeral(String at, ObjectNode container, Set<String> names, Set<String> others) {
        common(at, container);
        image(checks, at, container);
        unique(at, container, names);
        String target = Trees.text(container, "targetContainerName");
        if (!target.isEmpty() && !others.contains(target)) {
            checks.notFound(at + ".targetContainerName", target, "");
        }
        for (var field : container.properties()) {
            // Where Go has a pointer, an empty object is something.
            boolean isEmpty = field.getValue().isContainer()
                    && field.getValue().isEmpty()
                    && !field.getKey().equals("lifecycle");
            boolean isSet = !field.getValue().isNull() && !isEmpty;
            if (isSet && !EPHEMERAL_FIELDS.contains(field.getKey())) {
                checks.forbidden(at + "." + field.getKey(), NOT_EPHEMERAL);
            }
        }
        Trees.each(container, at, "volumeMounts", (mount, tree) -> {
            for (String field : List.of("subPath", "subPathExpr")) {
                if (!Trees.text(tree, field).isEmpty()) {
                    checks.forbidden(mount + "." + field, NOT_EPHEMERAL);
                }
            }
        });
    }

    private void common(String at, ObjectNode container) {
        checks.requiredName(at + ".name", Trees.text(container, "name"), NameRule.DNS_LABEL);
        checks.requiredText(at + ".image", Trees.text(container, "image"));
        checks.requiredAnyOf(
                at + ".terminationMessagePolicy",
                Trees.text(container, "terminationMessagePolicy"),
                "File",
                "FallbackToLogsOnError");
        ports(at, container);
        env.check(at, container);
        new MountChecks(checks, at, container, scope.volumes()).check();
        checks.requiredAnyOf(
                at + ".imagePullPolicy", Trees.text(container, "imagePullPolicy"), "Always", "IfNotPresent", "Never");
        new ResourceChecks(checks, at + ".resources").container(container.path("resources"), scope.claims());
        restarts.resize(at, container);
        security.container(at + ".securityContext", container.path("securityContext"), scope.hasHostUsers());
    }

    private void unique(String at, ObjectNode container, Set<String> names) {
        checks.unique(at + ".name", Trees.text(container, "name"), names);
    }

    private void life(String at, ObjectNode container) {
        if (container.get("lifecycle") instanceof ObjectNode lifecycle) {
            probes.hooks(at + ".lifecycle", lifecycle);
            restarts.stopSignal(at + ".lifecycle", lifecycle);
        }
        probes.probes(at, container);
    }

    /// An image's name has no spaces around it; in templates they were once let through.
    static void image(Checks checks, String at, ObjectNode container) {
        String image = Trees.text(container, "image");
        if (!image.equals(image.strip())) {
            checks.invalid(at + ".image", image, "must not have leading or trailing whitespace");
        }
    }

    private void ports(String path, ObjectNode container) {
        var names = new HashSet<String>();
        Trees.each(container, path, "ports", (at, port) -> {
            String name = Trees.text(port, "name");
            if (!name.isEmpty()) {
                int before = checks.count();
                checks.portName(at + ".name", name);
                if (checks.count() == before) {
                    checks.unique(at + ".name", name, names);
                }
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
            checks.requiredAnyOf(at + ".protocol", Trees.text(port, "protocol"), "SCTP", "TCP", "UDP");
        });
    }

    private void hostPorts(JsonNode spec) {
        var taken = new HashSet<String>();
        Trees.each(spec, path, "containers", (at, container) -> uniqueHostPorts(at, container, taken));
    }

    private void uniqueHostPorts(String path, ObjectNode container, Set<String> taken) {
        Trees.each(container, path, "ports", (at, port) -> {
            long host = Trees.number(port, 0, "hostPort");
            if (host != 0) {
                checks.unique(
                        at + ".hostPort",
                        Trees.text(port, "protocol") + "/" + Trees.text(port, "hostIP") + "/" + host,
                        taken);
            }
        });
    }

    /// With the host's network a port is the host's port too; templates may leave that unsaid.
    void hostNetwork(JsonNode spec) {
        if (!Trees.flag(spec, "hostNetwork")) {
            return;
        }
        Trees.each(
                spec,
                path,
                "containers",
                (at, container) -> Trees.each(container, at, "ports", (portAt, port) -> {
                    long host = Trees.number(port, 0, "hostPort");
                    if ((scope.isPod() || host != 0) && host != Trees.number(port, 0, "containerPort")) {
                        checks.invalid(
                                portAt + ".hostPort", host, "must match `containerPort` when `hostNetwork` is true");
                    }
                }));
    }
}
