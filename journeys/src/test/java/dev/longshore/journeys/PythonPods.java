package dev.longshore.journeys;

import java.util.regex.Pattern;

/// Pods that run a script on the Python of the distribution: for what busybox cannot do, as TLS with both sides known.
final class PythonPods {

    private static final Pattern LINES = Pattern.compile("(?m)^");

    private PythonPods() {}

    /// Sees to it that the image is there.
    static void prepare(RunningCluster cluster) {
        cluster.longshore("images", "base", "python").succeeded();
    }

    /// A ConfigMap with a script as `main.py`.
    static String script(String name, String text) {
        return """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: %s}
                data:
                  main.py: |
                %s
                """.formatted(name, LINES.matcher(text.strip()).replaceAll("    "));
    }
}
