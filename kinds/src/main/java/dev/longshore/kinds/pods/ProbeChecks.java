package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// What probes and life cycle hooks must be like.
///
/// @param gracePeriod how long the pod has to end, which bounds the sleep before it does
record ProbeChecks(Checks checks, OptionalLong gracePeriod) {

    private static final List<String> PROBE_HANDLERS = List.of("exec", "httpGet", "tcpSocket", "grpc");
    private static final List<String> HOOK_HANDLERS = List.of("exec", "httpGet", "tcpSocket", "sleep");
    private static final List<String> COUNTS =
            List.of("initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold");
    private static final Pattern HEADER = Pattern.compile("[-A-Za-z0-9]+");

    /// Checks a container's three probes.
    void probes(String path, ObjectNode container) {
        for (String name : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            if (container.get(name) instanceof ObjectNode probe) {
                probe(path + "." + name, probe, name);
            }
        }
    }

    private void probe(String at, ObjectNode probe, String name) {
        handler(at, probe, PROBE_HANDLERS);
        for (String field : COUNTS) {
            checks.nonNegative(at + "." + field, probe.path(field));
        }
        String grace = "terminationGracePeriodSeconds";
        if (probe.path(grace).isNumber()) {
            long seconds = probe.path(grace).asLong();
            if (seconds <= 0) {
                checks.invalid(at + "." + grace, seconds, "must be greater than 0");
            }
            if (name.equals("readinessProbe")) {
                checks.invalid(at + "." + grace, seconds, "must not be set for readinessProbes");
            }
        }
        long successes = Trees.number(probe, 0, "successThreshold");
        if (!name.equals("readinessProbe") && successes != 1) {
            checks.invalid(at + ".successThreshold", successes, "must be 1");
        }
    }

    /// Checks the hooks of a container's life.
    void hooks(String path, ObjectNode lifecycle) {
        for (String hook : List.of("postStart", "preStop")) {
            if (lifecycle.get(hook) instanceof ObjectNode action) {
                handler(path + "." + hook, action, HOOK_HANDLERS);
            }
        }
    }

    private void handler(String path, ObjectNode holder, List<String> kinds) {
        int found = 0;
        for (String kind : kinds) {
            if (!(holder.get(kind) instanceof ObjectNode action)) {
                continue;
            }
            if (++found > 1) {
                checks.forbidden(path + "." + kind, "may not specify more than 1 handler type");
            } else {
                action(path + "." + kind, kind, action);
            }
        }
        if (found == 0) {
            checks.required(path, "must specify a handler type");
        }
    }

    private void action(String at, String kind, ObjectNode action) {
        switch (kind) {
            case "exec" -> {
                if (action.path("command").isEmpty()) {
                    checks.required(at + ".command");
                }
            }
            case "httpGet" -> {
                checks.requiredText(at + ".path", Trees.text(action, "path"));
                checks.portNumberOrName(at + ".port", action.path("port"));
                checks.anyOf(at + ".scheme", Trees.text(action, "scheme"), "HTTP", "HTTPS");
                for (ObjectNode header : Trees.list(action, "httpHeaders")) {
                    header(at + ".httpHeaders", Trees.text(header, "name"));
                }
            }
            case "tcpSocket", "grpc" -> checks.portNumberOrName(at + ".port", action.path("port"));
            default -> sleep(at, Trees.number(action, 0, "seconds"));
        }
    }

    private void header(String at, String name) {
        if (!HEADER.matcher(name).matches()) {
            checks.invalid(
                    at,
                    name,
                    "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex"
                            + " used for validation is '[-A-Za-z0-9]+')");
        }
    }

    private void sleep(String at, long seconds) {
        if (gracePeriod.isPresent() && (seconds < 0 || seconds > gracePeriod.getAsLong())) {
            checks.invalid(
                    at,
                    seconds,
                    "must be non-negative and less than terminationGracePeriodSeconds (" + gracePeriod.getAsLong()
                            + ")");
        }
    }
}
