package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What goes wrong says why.
@Order(7)
@ExtendWith(SharedCluster.class)
@Tag("containers")
class BadDaysJourneyTest {

    @Test
    void anUnknownImageSaysWhereItWasLookedFor(RunningCluster cluster) {
        String image = cluster.registry() + "/nosuch:1";
        cluster.kubectl("run", "lost", "--image=" + image).succeeded();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod lost", "{.status.containerStatuses[0].state.waiting.reason}"))
                        .isIn("ErrImagePull", "ImagePullBackOff"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "pod", "lost").out())
                        .contains("Failed to pull image \"" + image + "\"", cluster.registry()));
        cluster.kubectl("delete", "pod", "lost", "--grace-period=0", "--force").succeeded();
    }

    @Test
    void aPodThatFitsNowhereSaysWhy(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: giant}
                spec:
                  containers:
                  - name: main
                    image: hello:1
                    resources: {requests: {cpu: "1000"}}
                """);

        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "pod", "giant").out())
                        .contains("FailedScheduling", "0/1 nodes are available: 1 Insufficient cpu"));
        assertThat(cluster.get("pod giant", "{.status.conditions[?(@.type==\"PodScheduled\")].reason}"))
                .isEqualTo("Unschedulable");
        cluster.kubectl("delete", "pod", "giant").succeeded();
    }

    @Test
    void aCommandThatIsNotThereSaysSo(RunningCluster cluster) {
        cluster.kubectl("run", "typo", "--image=hello:1", "--command", "--", "/bin/nosuch")
                .succeeded();

        eventually(
                PATIENCE,
                () -> assertThat(cluster.kubectl("describe", "pod", "typo").out())
                        .contains("/bin/nosuch"));
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod typo", "{.status.containerStatuses[0].state.waiting.reason}"))
                        .isIn("RunContainerError", "CrashLoopBackOff"));
        cluster.kubectl("delete", "pod", "typo", "--grace-period=1").succeeded();
    }

    @Test
    void aMissingConfigMapKeepsThePodWaitingAndSaysWhich(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: unset}
                spec:
                  containers:
                  - name: main
                    image: hello:1
                    env: [{name: A, valueFrom: {configMapKeyRef: {name: nosuch, key: a}}}]
                """);

        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod unset", "{.status.containerStatuses[0].state.waiting.reason}"))
                        .isEqualTo("CreateContainerConfigError"));
        assertThat(cluster.kubectl("describe", "pod", "unset").out()).contains("configmap \"nosuch\" not found");
        cluster.kubectl("delete", "pod", "unset", "--grace-period=1").succeeded();
    }

    @Test
    void anInvalidManifestAnswersAsKubernetesDoes(RunningCluster cluster) {
        Ran ran = cluster.kubectlWith("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: Wrong_Name}
                spec:
                  selector: {matchLabels: {app: a}}
                  template:
                    metadata: {labels: {app: b}}
                    spec: {containers: [{name: main}]}
                """, "apply", "-f", "-").failed();

        assertThat(ran.err())
                .contains(
                        "The Deployment \"Wrong_Name\" is invalid",
                        "metadata.name: Invalid value: \"Wrong_Name\"",
                        "`selector` does not match template `labels`",
                        "spec.template.spec.containers[0].image: Required value");
    }

    @Test
    void aContainerThatEatsTooMuchMemoryIsKilledAndSaysSo(RunningCluster cluster) {
        cluster.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: greedy}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: hello:1
                    command: [sh, -c, "exec tail /dev/zero"]
                    resources: {limits: {memory: 20Mi}}
                """);

        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("pod greedy", "{.status.containerStatuses[0].state.terminated.reason}"))
                        .isEqualTo("OOMKilled"));
        cluster.kubectl("delete", "pod", "greedy").succeeded();
    }
}
