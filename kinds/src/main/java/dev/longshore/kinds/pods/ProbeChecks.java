package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What probes and life cycle hooks must be like.
record ProbeChecks(Checks checks, String path) {

    void probe(ObjectNode probe, String which) {
        handler(probe, List.of("exec", "httpGet", "tcpSocket", "grpc"));
        for (String field : List.of(
                "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold")) {
            checks.nonNegative(path + "." + field, probe.path(field));
        }
        if (!which.equals("readinessProbe") && Trees.number(probe, 1, "successThreshold") != 1) {
            checks.invalid(path + ".successThreshold", Trees.number(probe, 1, "successThreshold"), "must be 1");
        }
        if (which.equals("readinessProbe") && Trees.has(probe, "terminationGracePeriodSeconds")) {
            checks.invalid(
                    path + ".terminationGracePeriodSeconds",
                    Trees.number(probe, 0, "terminationGracePeriodSeconds"),
                    "must not be set for readinessProbes");
        }
    }

    void hook(ObjectNode hook) {
        handler(hook, List.of("exec", "httpGet", "tcpSocket", "sleep"));
    }

    private void handler(ObjectNode holder, List<String> kinds) {
        int found = 0;
        for (String kind : kinds) {
            var handler = Trees.object(holder, kind);
            if (handler.isEmpty()) {
                continue;
            }
            String at = path + "." + kind;
            if (++found > 1) {
                checks.forbidden(at, "may not specify more than 1 handler type");
                continue;
            }
            action(at, kind, handler.get());
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
                checks.oneOf(at + ".scheme", Trees.text(action, "scheme"), "HTTP", "HTTPS");
            }
            case "tcpSocket" -> checks.portNumberOrName(at + ".port", action.path("port"));
            case "grpc" -> checks.port(at + ".port", Trees.number(action, 0, "port"));
            default -> checks.nonNegative(at + ".seconds", action.path("seconds"));
        }
    }
}
