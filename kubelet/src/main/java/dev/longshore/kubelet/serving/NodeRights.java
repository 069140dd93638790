package dev.longshore.kubelet.serving;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Which right a request to a kubelet needs: a verb on a subresource of its Node. Any one of several will do.
final class NodeRights {

    private static final Map<String, String> VERBS =
            Map.of("POST", "create", "GET", "get", "PUT", "update", "PATCH", "patch", "DELETE", "delete");

    private static final Map<String, List<String>> SUBRESOURCES = Map.ofEntries(
            Map.entry("stats", List.of("stats")),
            Map.entry("metrics", List.of("metrics")),
            Map.entry("logs", List.of("log")),
            Map.entry("checkpoint", List.of("checkpoint")),
            Map.entry("statusz", List.of("statusz")),
            Map.entry("flagz", List.of("configz")),
            Map.entry("pods", List.of("pods", "proxy")),
            Map.entry("runningpods", List.of("pods", "proxy")),
            Map.entry("healthz", List.of("healthz", "proxy")),
            Map.entry("configz", List.of("configz", "proxy")));

    private NodeRights() {}

    /// Empty for methods that nobody has a right to.
    static String verb(String method) {
        return VERBS.getOrDefault(method.toUpperCase(Locale.ROOT), "");
    }

    static List<String> subresources(String path) {
        String[] steps = path.split("/", 3);
        return SUBRESOURCES.getOrDefault(steps.length > 1 ? steps[1] : "", List.of("proxy"));
    }
}
