package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/// What the pods of a machine see when it goes down, and how its cluster is started for that.
final class GoingDown {

    private static final String MESSAGE = "Pod was terminated in response to imminent node shutdown.";

    private GoingDown() {}

    /// Flags for `up`: pods have some seconds, critical ones as many after them; a further OCI runtime has a
    /// name; the kubelet asks for its certificate.
    static String[] flags(Path folder) throws IOException {
        Path kubelet = Files.writeString(folder.resolve("kubelet.yaml"), """
                apiVersion: kubelet.config.k8s.io/v1beta1
                kind: KubeletConfiguration
                failCgroupV1: false
                evictionHard: {memory.available: 10Mi}
                shutdownGracePeriod: 20s
                shutdownGracePeriodCriticalPods: 8s
                serverTLSBootstrap: true
                """);
        Path runtime = folder.resolve("runtime");
        Files.writeString(runtime, "#!/bin/sh\nexec crun \"$@\"\n");
        runtime.toFile().setExecutable(true);
        return new String[] {"--kubelet-config", kubelet.toString(), "--runtime-handlers", "mine=" + runtime};
    }

    /// The ordinary pod ends first and has time to; then the critical one; meanwhile the node takes nobody.
    static void podsEndInTheirOrder(RunningCluster cluster) {
        try (var pods = new LivePods(cluster, "down")) {
            pods.create("""
                    apiVersion: node.k8s.io/v1
                    kind: RuntimeClass
                    metadata: {name: mine}
                    handler: mine
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: ordinary}
                    spec:
                      runtimeClassName: mine
                      terminationGracePeriodSeconds: 60
                      containers:
                      - {name: main, BUSYBOX, command: [sh, -c, "trap 'sleep 2; echo bye > /dev/termination-log; exit 0' TERM; while :; do sleep 0.1; done"]}
                    ---
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: critical}
                    spec:
                      priorityClassName: system-node-critical
                      containers:
                      - {name: main, BUSYBOX, command: [sh, -c, "trap 'sleep 2; exit 0' TERM; while :; do sleep 0.1; done"]}
                    """);
            pods.awaitReady("ordinary");
            String node = pods.awaitReady("critical").getSpec().getNodeName();

            cluster.shell().run("kill", "-PWR", String.valueOf(cluster.pid())).succeeded();

            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("node " + node, "{.status.conditions[?(@.type==\"Ready\")]}"))
                            .contains("\"status\":\"False\"", "KubeletNotReady", "node is shutting down"));
            pods.create("""
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: late}
                    spec:
                      nodeName: NODE
                      containers:
                      - {name: main, BUSYBOX, command: [sleep, "1"]}
                    """.replace("NODE", node));
            Pod ordinary = pods.awaitPhase("ordinary", "Failed");
            Pod critical = pods.awaitPhase("critical", "Failed");
            assertThat(pods.awaitPhase("late", "Failed").getStatus().getReason())
                    .isEqualTo("NodeShutdown");

            for (Pod pod : new Pod[] {ordinary, critical}) {
                assertThat(pod.getStatus().getReason()).isEqualTo("Terminated");
                assertThat(pod.getStatus().getMessage()).isEqualTo(MESSAGE);
                assertThat(LivePods.condition(pod, "DisruptionTarget").getReason())
                        .isEqualTo("TerminationByKubelet");
            }
            assertThat(end(ordinary)).isBefore(end(critical));
            assertThat(LivePods.container(ordinary, "main")
                            .getState()
                            .getTerminated()
                            .getMessage())
                    .isEqualTo("bye\n");
            String record = cluster.directory()
                    .resolve("node/kubelet/graceful_node_shutdown_state")
                    .toString();
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.shell()
                                    .run("cat", record)
                                    .succeeded()
                                    .out())
                            .doesNotContain("0001-01-01"));
            assertThat(cluster.kubectl("get", "--raw", "/api/v1/nodes/" + node + "/proxy/metrics")
                            .succeeded()
                            .out())
                    .containsPattern("\nkubelet_graceful_shutdown_end_time_seconds [1-9]\\d+\n");
        }
    }

    private static Instant end(Pod pod) {
        return Instant.parse(
                LivePods.container(pod, "main").getState().getTerminated().getFinishedAt());
    }
}
