package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Defaults;
import dev.longshore.kinds.kit.Trees;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What containers are given when clients say nothing.
final class ContainerDefaults {

    private ContainerDefaults() {}

    static void container(ObjectNode container) {
        Defaults.put(container, "imagePullPolicy", pullPolicy(Trees.text(container, "image")));
        Defaults.put(container, "terminationMessagePath", "/dev/termination-log");
        Defaults.put(container, "terminationMessagePolicy", "File");
        Defaults.object(container, "resources");
        Trees.list(container, "ports").forEach(port -> Defaults.put(port, "protocol", "TCP"));
        Trees.list(container, "env")
                .forEach(variable -> Trees.object(variable, "valueFrom").ifPresent(ContainerDefaults::reference));
        for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
            Trees.object(container, probe).ifPresent(ContainerDefaults::probe);
        }
        for (String hook : List.of("postStart", "preStop")) {
            Trees.object(container, "lifecycle", hook, "httpGet").ifPresent(ContainerDefaults::httpGet);
        }
    }

    /// A reference to something of the pod's own, in a variable or a file.
    static void reference(ObjectNode holder) {
        Trees.object(holder, "fieldRef").ifPresent(field -> Defaults.put(field, "apiVersion", "v1"));
        Trees.object(holder, "resourceFieldRef").ifPresent(resource -> Defaults.put(resource, "divisor", "0"));
        Trees.object(holder, "fileKeyRef").ifPresent(file -> Defaults.put(file, "optional", false));
    }

    /// Without tag or digest the tag is `latest`, and that moves.
    static String pullPolicy(String image) {
        boolean isDigest = image.contains("@");
        String last = image.substring(image.lastIndexOf('/') + 1);
        boolean isLatest = !last.contains(":") || last.endsWith(":latest");
        return isLatest && !isDigest ? "Always" : "IfNotPresent";
    }

    private static void probe(ObjectNode probe) {
        Defaults.putNonZero(probe, "timeoutSeconds", 1);
        Defaults.putNonZero(probe, "periodSeconds", 10);
        Defaults.putNonZero(probe, "successThreshold", 1);
        Defaults.putNonZero(probe, "failureThreshold", 3);
        Trees.object(probe, "httpGet").ifPresent(ContainerDefaults::httpGet);
        Trees.object(probe, "grpc").ifPresent(grpc -> {
            if (!Trees.has(grpc, "service")) {
                grpc.put("service", "");
            }
        });
    }

    private static void httpGet(ObjectNode action) {
        Defaults.put(action, "path", "/");
        Defaults.put(action, "scheme", "HTTP");
    }
}
