package dev.longshore.bench;

import java.nio.charset.StandardCharsets;

/// Pods of some 4 KiB as the server keeps them, placed on nodes that are not there: nobody runs them.
final class BenchPods {

    static final int NODES = 1000;
    /// Chosen so that a stored pod, with what the server adds, has 4 KiB.
    private static final int PADDING = 900;

    private BenchPods() {}

    static String name(int number) {
        return "pod-%05d".formatted(number);
    }

    static String node(int number) {
        return "node-" + number % NODES;
    }

    static byte[] pod(int number) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"app":"bench","tier":"t%d",
                "pod-template-hash":"5d4f8c7b9"},"annotations":{"bench/padding":"%s"}},"spec":{"nodeName":"%s",
                "terminationGracePeriodSeconds":30,"containers":[%s]}}""".formatted(name(number), number % 10, "x".repeat(PADDING), node(number), container("main", 8080))
                .getBytes(StandardCharsets.UTF_8);
    }

    /// A status as a kubelet sends it; `mark` comes back in the events.
    static byte[] status(String mark) {
        return """
                {"status":{"phase":"Running","hostIP":"10.0.0.1","podIP":"10.244.1.7","message":"@%s@","conditions":[
                {"type":"Initialized","status":"True"},{"type":"Ready","status":"True"},
                {"type":"ContainersReady","status":"True"},{"type":"PodScheduled","status":"True"}]}}""".formatted(mark).getBytes(StandardCharsets.UTF_8);
    }

    private static String container(String name, int port) {
        return """
                {"name":"%s","image":"registry.example/bench/%s:1.2.3","command":["/bin/serve"],
                "args":["--port=%d","--log-level=info"],"env":[{"name":"A","value":"one"},{"name":"B","value":"two"},
                {"name":"POD_NAME","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}],"ports":[
                {"name":"http","containerPort":%d}],"resources":{"requests":{"cpu":"100m","memory":"64Mi"},
                "limits":{"cpu":"1","memory":"128Mi"}},"readinessProbe":{"httpGet":{"path":"/ready","port":%d},
                "periodSeconds":5}}""".formatted(name, name, port, port, port);
    }
}
