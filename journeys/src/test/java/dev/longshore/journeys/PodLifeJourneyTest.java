package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.LivePods.condition;
import static dev.longshore.journeys.LivePods.container;
import static dev.longshore.journeys.LivePods.is;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The life of pods, with real containers: who starts after whom, who starts again, hooks, last words, deadlines,
/// gates, containers added by hand. All pods begin together.
@Order(5)
@Tag(ContainerJourneys.TAG)
@ExtendWith(SharedCluster.class)
class PodLifeJourneyTest {

    private static LivePods pods;
    private static String listener;

    @BeforeAll
    static void begin(RunningCluster cluster) {
        pods = new LivePods(cluster, "podlife");
        pods.create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: listener}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: main, BUSYBOX, command: [httpd, -f, -vv, -p, "8080", -h, /tmp]}
                """);
        listener = pods.awaitReady("listener").getStatus().getPodIP();
        pods.create((ORDERED + ENDED + INITS + AGAIN + OTHERS).replace("LISTENER", listener));
    }

    @AfterAll
    static void end() {
        pods.close();
    }

    private static final String ORDERED = """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: ordered}
            spec:
              terminationGracePeriodSeconds: 20
              volumes: [{name: w, emptyDir: {}}]
              initContainers:
              - name: one
                BUSYBOX
                command: [sh, -c, "echo one >> /w/order"]
                volumeMounts: &w [{name: w, mountPath: /w}]
              - name: side
                BUSYBOX
                restartPolicy: Always
                command: [sh, -c, "trap 'wget -qO- http://LISTENER:8080/term/side; exit 0' TERM; sleep 1; echo side >> /w/order; touch /w/up; while :; do sleep 0.1; done"]
                startupProbe: {exec: {command: [test, -f, /w/up]}, periodSeconds: 1, failureThreshold: 30}
                lifecycle: {preStop: {httpGet: {host: LISTENER, port: 8080, path: /pre/side}}}
                volumeMounts: *w
              - name: two
                BUSYBOX
                command: [sh, -c, "echo two >> /w/order"]
                volumeMounts: *w
              containers:
              - name: exec
                BUSYBOX
                command: [sh, -c, "trap 'sleep 1; wget -qO- http://LISTENER:8080/term/exec; exit 0' TERM; while :; do sleep 0.1; done"]
                lifecycle:
                  postStart: {exec: {command: [sh, -c, "echo main >> /w/order"]}}
                  preStop: {exec: {command: [wget, -qO-, "http://LISTENER:8080/pre/exec"]}}
                volumeMounts: *w
              - name: http
                BUSYBOX
                command: [sleep, "1000"]
                lifecycle:
                  postStart: {httpGet: {host: LISTENER, port: 8080, path: /post/http}}
                  preStop: {httpGet: {host: LISTENER, port: 8080, path: /pre/http}}
              - name: asleep
                BUSYBOX
                command: [sleep, "1000"]
                lifecycle: {postStart: {sleep: {seconds: 1}}, preStop: {sleep: {seconds: 1}}}
            """;

    /// Containers that end once, and what is known of them then.
    private static final String ENDED = """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: ended}
            spec:
              restartPolicy: Never
              containers:
              - {name: silent, BUSYBOX, command: [sh, -c, "echo all is well"], terminationMessagePolicy: FallbackToLogsOnError}
              - {name: file, BUSYBOX, command: [sh, -c, "echo loud; printf OK > /dev/termination-log"], terminationMessagePolicy: FallbackToLogsOnError}
              - {name: tail, BUSYBOX, command: [sh, -c, "echo first; printf DONE; exit 1"], terminationMessagePolicy: FallbackToLogsOnError}
              - {name: custom, BUSYBOX, command: [sh, -c, "printf own > /dev/own-log"], terminationMessagePath: /dev/own-log, securityContext: {runAsUser: 1000}}
              - {name: fails, BUSYBOX, command: ["false"]}
              - {name: nosuch, BUSYBOX, command: [/no/such/program]}
              - {name: greedy, BUSYBOX, command: [sh, -c, "exec tail /dev/zero"], resources: {limits: {memory: 16Mi}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: onfailure}
            spec:
              restartPolicy: OnFailure
              volumes: [{name: w, emptyDir: {}}]
              containers:
              - name: main
                BUSYBOX
                command: [sh, -c, "test -f /w/tried || { touch /w/tried; exit 7; }"]
                volumeMounts: [{name: w, mountPath: /w}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: always}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - {name: main, BUSYBOX, command: ["true"]}
            """;

    private static final String INITS = """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: initfails}
            spec:
              restartPolicy: Never
              initContainers:
              - {name: good, BUSYBOX, command: ["true"]}
              - {name: bad, BUSYBOX, command: [sh, -c, "exit 3"]}
              containers:
              - {name: main, BUSYBOX, command: ["true"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: initonce}
            spec:
              restartPolicy: Never
              initContainers:
              - {name: one, BUSYBOX, command: ["true"]}
              - {name: two, BUSYBOX, command: ["true"]}
              containers:
              - {name: main, BUSYBOX, command: ["true"]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: initretries}
            spec:
              terminationGracePeriodSeconds: 1
              initContainers:
              - {name: bad, BUSYBOX, command: ["false"]}
              - {name: next, BUSYBOX, command: ["true"]}
              containers:
              - {name: main, BUSYBOX, command: [sleep, "1000"]}
            """;

    private static final String AGAIN = """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: rules}
            spec:
              restartPolicy: Never
              volumes: [{name: w, emptyDir: {}}]
              containers:
              - name: picky
                BUSYBOX
                restartPolicy: Never
                restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]
                command: [sh, -c, "test -f /w/tried || { touch /w/tried; exit 42; }; exit 9"]
                volumeMounts: [{name: w, mountPath: /w}]
              - name: own
                BUSYBOX
                restartPolicy: OnFailure
                command: [sh, -c, "test -f /w/own || { touch /w/own; exit 1; }"]
                volumeMounts: [{name: w, mountPath: /w}]
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: anew}
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: 1
              volumes: [{name: w, emptyDir: {}}]
              initContainers:
              - name: first
                BUSYBOX
                command: [sh, -c, "echo first >> /w/order"]
                volumeMounts: [{name: w, mountPath: /w}]
              containers:
              - name: source
                BUSYBOX
                restartPolicy: Never
                restartPolicyRules: [{action: RestartAllContainers, exitCodes: {operator: In, values: [88]}}]
                command: [sh, -c, "test -f /w/tried || { touch /w/tried; sleep 1; exit 88; }; exec sleep 1000"]
                volumeMounts: [{name: w, mountPath: /w}]
              - name: main
                BUSYBOX
                command: [sleep, "1000"]
            """;

    private static final String OTHERS = """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: hookfails}
            spec:
              terminationGracePeriodSeconds: 1
              containers:
              - name: main
                BUSYBOX
                command: [sleep, "1000"]
                lifecycle: {postStart: {exec: {command: [sh, -c, "echo no >&2; exit 4"]}}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: plain}
            spec:
              terminationGracePeriodSeconds: 1
              readinessGates: [{conditionType: example.com/gate}]
              containers:
              - name: main
                BUSYBOX
                command: [sleep, "1234"]
            """;

    @Test
    void initContainersSidecarsAndHooksRunInTheirOrderAndEndInReverse() {
        pods.awaitReady("ordered");
        assertThat(pods.exec("ordered", "exec", "cat /w/order")).isEqualTo("one\nside\ntwo\nmain\n");
        assertThat(pods.log("listener", "main")).contains("url:/post/http");

        Pod before = pods.pod("ordered");
        pods.resource("ordered").delete();

        Pod ending = pods.pod("ordered");
        assertThat(ending.getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(ending.getMetadata().getGeneration())
                .isEqualTo(before.getMetadata().getGeneration() + 1);
        eventually(PATIENCE, () -> assertThat(pods.resource("ordered").get()).isNull());
        String told = pods.log("listener", "main");
        assertThat(told).contains("url:/pre/exec", "url:/pre/http", "url:/pre/side");
        assertThat(told.indexOf("url:/pre/side")).isGreaterThan(0).isLessThan(told.indexOf("url:/term/exec"));
        assertThat(told.indexOf("url:/term/exec")).isLessThan(told.indexOf("url:/term/side"));
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("ordered"))
                        .extracting(Event::getMessage)
                        .contains("Container created", "Container started"));
    }

    @Test
    void containersThatEndSayHow() {
        Pod ended = pods.awaitPhase("ended", "Failed");

        assertThat(end(ended, "silent"))
                .extracting("reason", "exitCode", "message")
                .containsExactly("Completed", 0, null);
        assertThat(end(ended, "file").getMessage()).isEqualTo("OK");
        assertThat(end(ended, "tail").getMessage()).isEqualTo("first\nDONE");
        assertThat(end(ended, "custom").getMessage()).isEqualTo("own");
        assertThat(end(ended, "fails")).extracting("reason", "exitCode").containsExactly("Error", 1);
        assertThat(end(ended, "nosuch")).extracting("reason", "exitCode").containsExactly("StartError", 128);
        assertThat(end(ended, "nosuch").getStartedAt()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(end(ended, "greedy")).extracting("reason", "exitCode").containsExactly("OOMKilled", 137);
        assertThat(ended.getStatus().getContainerStatuses()).allSatisfy(status -> {
            assertThat(status.getRestartCount()).isZero();
            assertThat(status.getReady()).isFalse();
            assertThat(status.getStarted()).isFalse();
        });
        assertThat(condition(ended, "Ready").getReason()).isEqualTo("PodFailed");
        assertThat(condition(ended, "ContainersReady").getReason()).isEqualTo("PodFailed");
        assertThat(pods.log("ended", "tail")).isEqualTo("first\nDONE");
    }

    @Test
    void restartPoliciesDecideWhoStartsAgain() {
        Pod once = pods.awaitPhase("onfailure", "Succeeded");
        assertThat(container(once, "main").getRestartCount()).isEqualTo(1);
        assertThat(container(once, "main").getLastState().getTerminated().getExitCode())
                .isEqualTo(7);
        assertThat(condition(once, "Initialized").getReason()).isEqualTo("PodCompleted");
        assertThat(condition(once, "Ready").getReason()).isEqualTo("PodCompleted");

        Pod always = pods.await("always", pod -> waits(pod, "main", "CrashLoopBackOff"));
        assertThat(always.getStatus().getPhase()).isEqualTo("Running");
        assertThat(container(always, "main").getRestartCount()).isPositive();
        assertThat(container(always, "main").getState().getWaiting().getMessage())
                .matches("back-off (\\d+m)?\\d+s restarting failed container=main pod=always_podlife\\(.*\\)");
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("always"))
                        .extracting(Event::getReason, Event::getMessage)
                        .contains(org.assertj.core.groups.Tuple.tuple(
                                "BackOff",
                                "Back-off restarting failed container main in pod always_podlife(%s)"
                                        .formatted(always.getMetadata().getUid()))));

        Pod rules = pods.awaitPhase("rules", "Failed");
        assertThat(container(rules, "picky").getRestartCount()).isEqualTo(1);
        assertThat(end(rules, "picky").getExitCode()).isEqualTo(9);
        assertThat(container(rules, "own").getRestartCount()).isEqualTo(1);
        assertThat(end(rules, "own").getExitCode()).isZero();
    }

    @Test
    void aRuleLetsAllContainersBeginAnewInTheSameSandbox() {
        Pod anew = pods.await(
                "anew",
                pod -> is(pod, "Ready", "True") && container(pod, "main").getRestartCount() == 1);

        assertThat(pods.client()
                        .nodes()
                        .withName(anew.getSpec().getNodeName())
                        .get()
                        .getStatus()
                        .getDeclaredFeatures())
                .contains("RestartAllContainersOnContainerExits")
                .isSorted();
        assertThat(container(anew, "source").getRestartCount()).isEqualTo(1);
        assertThat(container(anew, "first").getRestartCount()).isEqualTo(1);
        assertThat(pods.exec("anew", "source", "cat /w/order")).isEqualTo("first\nfirst\n");
        assertThat(container(anew, "main").getLastState().getTerminated().getReason())
                .isEqualTo("RestartingAllContainers");
        assertThat(condition(anew, "AllContainersRestarting").getStatus()).isEqualTo("False");
    }

    @Test
    void initContainersThatFailHoldThePodBackOrEndIt() {
        Pod failed = pods.awaitPhase("initfails", "Failed");
        assertThat(end(failed, "bad").getExitCode()).isEqualTo(3);
        assertThat(container(failed, "main").getState().getWaiting().getReason())
                .isEqualTo("PodInitializing");
        assertThat(condition(failed, "Initialized").getMessage()).isEqualTo("containers with incomplete status: [bad]");

        Pod once = pods.awaitPhase("initonce", "Succeeded");
        assertThat(List.of(end(once, "one"), end(once, "two"), end(once, "main")))
                .isSortedAccordingTo(java.util.Comparator.comparing(ContainerStateTerminated::getStartedAt));

        Pod retries = pods.await(
                "initretries",
                pod -> container(pod, "bad").getRestartCount() != null
                        && container(pod, "bad").getRestartCount() > 0);
        assertThat(retries.getStatus().getPhase()).isEqualTo("Pending");
        assertThat(container(retries, "next").getState().getWaiting().getReason())
                .isEqualTo("PodInitializing");
        assertThat(condition(retries, "Initialized").getReason()).isEqualTo("ContainersNotInitialized");
        pods.resource("initretries").delete();
        eventually(
                PATIENCE, () -> assertThat(pods.resource("initretries").get()).isNull());
    }

    @Test
    void aHookThatFailsEndsItsContainer() {
        Pod failing = pods.await(
                "hookfails",
                pod -> container(pod, "main").getRestartCount() != null
                        && container(pod, "main").getRestartCount() > 0);

        assertThat(container(failing, "main").getReady()).isFalse();
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("hookfails"))
                        .extracting(Event::getReason, Event::getMessage)
                        .contains(
                                org.assertj.core.groups.Tuple.tuple("FailedPostStartHook", "PostStartHook failed"),
                                org.assertj.core.groups.Tuple.tuple("Killing", "FailedPostStartHook")));
    }

    @Test
    void gatesContainersAddedByHandAndADeadlineMakeTheirWay(RunningCluster cluster) {
        pods.await("plain", pod -> is(pod, "ContainersReady", "True"));
        assertThat(condition(pods.pod("plain"), "Ready").getMessage())
                .isEqualTo("corresponding condition of pod readiness gate \"example.com/gate\" does not exist.");
        pods.resource("plain")
                .editStatus(pod -> new PodBuilder(pod)
                        .editStatus()
                        .addToConditions(new PodConditionBuilder()
                                .withType("example.com/gate")
                                .withStatus("True")
                                .build())
                        .endStatus()
                        .build());
        pods.awaitReady("plain");

        cluster.kubectl(
                        "debug",
                        "plain",
                        "-n",
                        "podlife",
                        "--image=longshore.local/busybox",
                        "--image-pull-policy=IfNotPresent",
                        "--target=main",
                        "-c",
                        "near",
                        "--",
                        "sleep",
                        "777")
                .succeeded();
        pods.await(
                "plain",
                pod -> container(pod, "near").getState() != null
                        && container(pod, "near").getState().getRunning() != null);
        assertThat(pods.exec("plain", "near", "ps")).contains("sleep 1234", "sleep 777");
        cluster.kubectl(
                        "debug",
                        "plain",
                        "-n",
                        "podlife",
                        "--image=longshore.local/busybox",
                        "--image-pull-policy=IfNotPresent",
                        "-c",
                        "apart",
                        "--",
                        "sh",
                        "-c",
                        "ps; sleep 778")
                .succeeded();
        pods.await(
                "plain",
                pod -> container(pod, "apart").getState() != null
                        && container(pod, "apart").getState().getRunning() != null);
        assertThat(pods.exec("plain", "apart", "ps")).contains("sleep 778").doesNotContain("sleep 1234");
        aCopyAndTheNodeCanBeLookedInto(cluster);

        pods.resource("plain")
                .edit(pod -> new PodBuilder(pod)
                        .editSpec()
                        .withActiveDeadlineSeconds(1L)
                        .endSpec()
                        .build());
        Pod late = pods.awaitPhase("plain", "Failed");
        assertThat(late.getStatus().getReason()).isEqualTo("DeadlineExceeded");
        assertThat(late.getStatus().getMessage())
                .isEqualTo("Pod was active on the node longer than the specified deadline");
        assertThat(late.getMetadata().getGeneration())
                .isEqualTo(late.getStatus().getObservedGeneration());
    }

    /// `kubectl debug` in its other two ways: a copy of the pod with another command, and a pod that sees the node.
    private static void aCopyAndTheNodeCanBeLookedInto(RunningCluster cluster) {
        cluster.kubectl(
                        "debug",
                        "plain",
                        "-n",
                        "podlife",
                        "--copy-to=copied",
                        "--container=main",
                        "--share-processes",
                        "--",
                        "sleep",
                        "779")
                .succeeded();
        String node = pods.pod("plain").getSpec().getNodeName();
        String said = cluster.kubectl(
                        "debug",
                        "node/" + node,
                        "-n",
                        "podlife",
                        "--image=longshore.local/busybox",
                        "--profile=sysadmin",
                        "--",
                        "sleep",
                        "780")
                .succeeded()
                .all();
        String debugger = said.replaceFirst("(?s).*Creating debugging pod (\\S+) with.*", "$1");

        Pod copy = pods.await("copied", pod -> is(pod, "ContainersReady", "True"));
        assertThat(copy.getMetadata().getOwnerReferences()).isEmpty();
        assertThat(copy.getSpec().getShareProcessNamespace()).isTrue();
        assertThat(pods.exec("copied", "main", "ps")).contains("sleep 779").doesNotContain("sleep 1234");
        Pod onNode = pods.awaitReady(debugger);
        assertThat(onNode.getSpec().getHostPID()).isTrue();
        // It sees every process of the machine, and its files.
        assertThat(pods.exec(debugger, "debugger", "ps")).contains("sleep 779", "sleep 780");
        assertThat(pods.exec(debugger, "debugger", "cat /host/etc/os-release")).contains("PRETTY_NAME");
    }

    @Test
    void everyChangeOfTheSpecIsANewGenerationThatTheStatusCatchesUpWith() {
        assertThat(pods.pod("listener").getMetadata().getGeneration()).isEqualTo(1);
        for (int i = 1; i <= 500; i++) {
            long seconds = 100_000 - i;
            pods.resource("listener").patch("{\"spec\":{\"activeDeadlineSeconds\":%d}}".formatted(seconds));
        }

        Pod settled = pods.await(
                "listener", pod -> Long.valueOf(501).equals(pod.getStatus().getObservedGeneration()));
        assertThat(settled.getMetadata().getGeneration()).isEqualTo(501);
        assertThat(settled.getStatus().getConditions())
                .filteredOn(c -> Map.of("Ready", 1, "ContainersReady", 1).containsKey(c.getType()))
                .allSatisfy(c -> assertThat(c.getObservedGeneration()).isEqualTo(501));
    }

    private static ContainerStateTerminated end(Pod pod, String name) {
        return container(pod, name).getState().getTerminated();
    }

    private static boolean waits(Pod pod, String name, String reason) {
        var state = container(pod, name).getState();
        return state != null
                && state.getWaiting() != null
                && reason.equals(state.getWaiting().getReason());
    }
}
