package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Point 6: what dies comes back.
@Order(4)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class SelfHealingJourneyTest {

    private static final int PER_SECOND = 50;

    @Test
    void aKilledProcessIsStartedAgainWithBackOff(RunningCluster cluster) {
        cluster.kubectl("run", "mortal", "--image=hello:1").succeeded();
        cluster.kubectl("wait", "--for=condition=Ready", "pod/mortal", "--timeout=60s")
                .succeeded();

        kill(cluster, "mortal");
        eventually(PATIENCE, () -> assertThat(restarts(cluster, "mortal")).isEqualTo("1"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod mortal", "{.status.containerStatuses[0].state.running}"))
                        .isNotEmpty());
        assertThat(cluster.get("pod mortal", "{.status.containerStatuses[0].lastState.terminated.exitCode}"))
                .isEqualTo("137");
        kill(cluster, "mortal");

        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod mortal", "{.status.containerStatuses[0].state.waiting.reason}"))
                        .isEqualTo("CrashLoopBackOff"));
        eventually(PATIENCE, () -> assertThat(restarts(cluster, "mortal")).isEqualTo("2"));
        cluster.kubectl("delete", "pod", "mortal", "--grace-period=1").succeeded();
    }

    @Test
    void aDeletedPodIsReplaced(RunningCluster cluster) {
        HelloApplication hello = HelloApplication.in(cluster);
        String victim = hello.pods().getFirst();

        cluster.kubectl("delete", "pod", victim, "--wait=false").succeeded();

        eventually(PATIENCE, () -> assertThat(hello.pods()).hasSize(3).doesNotContain(victim));
        hello.isRolledOut();
    }

    @Test
    void aPodThatFailsItsLivenessProbeIsRestarted(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: sick}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: main
                    image: hello:1
                    livenessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 1, failureThreshold: 2}
                """);
        cluster.kubectl("wait", "--for=condition=Ready", "pod/sick", "--timeout=60s")
                .succeeded();

        cluster.kubectl("exec", "sick", "--", "rm", "/tmp/healthy").succeeded();

        eventually(PATIENCE, () -> assertThat(restarts(cluster, "sick")).isEqualTo("1"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "pod", "sick").out())
                        .contains("Liveness probe failed", "failed liveness probe, will be restarted"));
        cluster.kubectl("delete", "pod", "sick").succeeded();
    }

    @Test
    void noRequestFailsWhileANewImageIsRolledOut(RunningCluster cluster) {
        HelloApplication hello = HelloApplication.in(cluster);
        try (var requests = RequestLoop.against("http://" + hello.address() + "/", PER_SECOND)) {
            cluster.kubectl("set", "image", "deployment/hello", "hello=hello:2").succeeded();
            hello.isRolledOut();
            eventually(PATIENCE, () -> assertThat(hello.pods()).hasSize(3));
            eventually(
                    PATIENCE,
                    () -> assertThat(cluster.get("pods -l app=hello", "{.items[*].spec.containers[0].image}"))
                            .isEqualTo("hello:2 hello:2 hello:2"));

            assertThat(requests.failures()).isEmpty();
            assertThat(requests.successes()).isGreaterThan(PER_SECOND);
        }
        cluster.kubectl("rollout", "undo", "deployment/hello").succeeded();
        hello.isRolledOut();
    }

    private static void kill(RunningCluster cluster, String pod) {
        String id = cluster.get("pod " + pod, "{.status.containerStatuses[0].containerID}")
                .replaceFirst(".*://", "");
        String pid = cluster.containerPid(id);
        cluster.shell().run("kill", "-9", pid).succeeded();
    }

    private static String restarts(RunningCluster cluster, String pod) {
        return cluster.get("pod " + pod, "{.status.containerStatuses[0].restartCount}");
    }
}
