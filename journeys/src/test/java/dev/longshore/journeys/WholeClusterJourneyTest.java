package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whole workloads with real containers. The node that is lost falls silent first: that it is missed takes longer
/// than the rest together, which goes on meanwhile.
@Order(8)
@ExtendWith(SharedCluster.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Tag("containers")
class WholeClusterJourneyTest {

    private static final int PER_SECOND = 25;
    private static final Duration LOSS_LIMIT = Duration.ofSeconds(60);

    private static HollowGuest lost;
    private static Instant silentSince;

    @BeforeAll
    static void loseNode(RunningCluster cluster) {
        lost = HollowGuest.of(cluster, "hollow-lost");
        isReady(cluster, "hollow-lost");
        cluster.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: moved}
                spec:
                  replicas: 3
                  selector: {matchLabels: {app: moved}}
                  template:
                    metadata: {labels: {app: moved}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      affinity:
                        nodeAffinity:
                          preferredDuringSchedulingIgnoredDuringExecution:
                          - {weight: 100, preference: {matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [hollow-lost]}]}}
                      tolerations:
                      - %s
                      - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
                      - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 1}
                      containers: [{name: main, image: "hello:1", command: [sleep, "100000"]}]
                """.formatted(HollowGuest.TOLERATION));
        cluster.kubectl("rollout", "status", "deployment/moved", "--timeout=60s")
                .succeeded();
        assertThat(nodes(cluster, "moved")).contains("hollow-lost");
        lost.fallSilent();
        silentSince = Time.system().now();
    }

    @AfterAll
    static void clear(RunningCluster cluster) {
        cluster.kubectl("delete", "deployment", "moved", "--ignore-not-found", "--timeout=60s");
        lost.close();
    }

    @Test
    @Order(1)
    void noRequestFailsWhileADeploymentIsRolledUnderLoad(RunningCluster cluster) {
        SteadyApplication steady = SteadyApplication.in(cluster);
        try (var fresh = RequestLoop.against("http://" + steady.address() + "/", PER_SECOND);
                var kept = KeptConnections.to(steady.address(), 80, 4)) {
            eventually(PATIENCE, () -> assertThat(kept.successes()).isGreaterThan(PER_SECOND));

            cluster.kubectl("set", "env", "deployment/steady", "VERSION=2").succeeded();
            steady.isRolledOut();
            eventually(PATIENCE, () -> assertThat(steady.pods()).hasSize(3));

            assertThat(fresh.failures()).isEmpty();
            assertThat(kept.failures()).isEmpty();
            assertThat(kept.opened()).as("each server closed them once").isGreaterThan(4);
            assertThat(kept.answers().stream().map(answer -> answer.replaceFirst(".* ", "")))
                    .contains("1", "2");
            steady.assertNothingFailedInside();
        }
        steady.remove();
    }

    @Test
    @Order(2)
    void aStatefulSetsDataOutlivesItsPods(RunningCluster cluster) {
        var notes = new NotesSet(cluster);
        notes.apply("1");
        assertThat(notes.lines(0)).containsExactly("notes-0 1");

        notes.deletePod(0);
        assertThat(notes.lines(0)).as("after its pod was deleted").containsExactly("notes-0 1", "notes-0 1");

        notes.apply("2");
        assertThat(notes.lines(0))
                .as("after a rolling update")
                .endsWith("notes-0 2")
                .hasSize(3);
        assertThat(notes.lines(1)).containsExactly("notes-1 1", "notes-1 2");

        notes.scale(1);
        assertThat(notes.claims()).containsExactly("data-notes-0", "data-notes-1");
        notes.scale(2);
        assertThat(notes.lines(1))
                .as("after scaling down and up")
                .containsExactly("notes-1 1", "notes-1 2", "notes-1 2");

        notes.retain("Retain", "Delete");
        notes.scale(1);
        eventually(PATIENCE, () -> assertThat(notes.claims()).containsExactly("data-notes-0"));
        notes.scale(2);
        assertThat(notes.lines(1)).as("after its claim went with its replica").containsExactly("notes-1 2");

        notes.delete();
        assertThat(notes.claims()).contains("data-notes-0");
        notes.apply("3");
        assertThat(notes.lines(0))
                .as("after the set was made anew")
                .endsWith("notes-0 3")
                .hasSize(4);

        List<String> volumes = notes.volumes();
        notes.retain("Delete", "Delete");
        notes.delete();
        eventually(PATIENCE, () -> {
            assertThat(notes.claims()).isEmpty();
            assertThat(notes.volumes()).doesNotContainAnyElementsOf(volumes);
        });
    }

    @Test
    @Order(3)
    void ofFiftyIndexesThoseThatFailDoNotStopTheOthers(RunningCluster cluster) {
        createJob(cluster, "counted", "maxFailedIndexes: 5");

        cluster.kubectl("wait", "--for=condition=Failed", "job/counted", "--timeout=120s")
                .succeeded();

        assertThat(cluster.get("job counted", "{.status.failedIndexes} {.status.failed} {.status.succeeded}"))
                .isEqualTo("7,17,27,37,47 5 45");
        assertThat(cluster.get("job counted", "{.status.completedIndexes}"))
                .isEqualTo("0-6,8-16,18-26,28-36,38-46,48,49");
        assertThat(cluster.get("job counted", "{.status.conditions[?(@.type==\"Failed\")].reason}"))
                .isEqualTo("FailedIndexes");
        assertThat(cluster.kubectl("logs", "-l", "job-name=counted,batch.kubernetes.io/job-completion-index=23")
                        .succeeded()
                        .out())
                .isEqualTo("23 of counted-23\n");
        cluster.kubectl("delete", "job", "counted").succeeded();
    }

    @Test
    @Order(4)
    void aJobWithMoreFailedIndexesThanItMayHaveStops(RunningCluster cluster) {
        createJob(cluster, "stopped", "maxFailedIndexes: 1");

        cluster.kubectl("wait", "--for=condition=Failed", "job/stopped", "--timeout=120s")
                .succeeded();

        assertThat(cluster.get("job stopped", "{.status.conditions[?(@.type==\"Failed\")].reason}"))
                .isEqualTo("MaxFailedIndexesExceeded");
        assertThat(cluster.get("job stopped", "{.status.succeeded}")).isNotEqualTo("45");
        cluster.kubectl("delete", "job", "stopped").succeeded();
    }

    @Test
    @Order(5)
    void thePodsOfALostNodeComeUpElsewhereWithinAMinute(RunningCluster cluster) {
        String real = realNode(cluster);

        eventually(LOSS_LIMIT, () -> {
            assertThat(cluster.get("deployment moved", "{.status.readyReplicas}"))
                    .isEqualTo("3");
            assertThat(readyNodes(cluster, "moved")).containsOnly(real);
        });
        List<Instant> ready = cluster.get(
                        "pods -l app=moved --field-selector=spec.nodeName=" + real,
                        "{range .items[*]}{.status.conditions[?(@.type==\"Ready\")].lastTransitionTime}{\"\\n\"}{end}")
                .lines()
                .map(Instant::parse)
                .toList();
        assertThat(ready).hasSize(3).allSatisfy(moment -> assertThat(moment).isBefore(silentSince.plus(LOSS_LIMIT)));

        assertThat(cluster.get("node hollow-lost", "{.status.conditions[?(@.type==\"Ready\")].status}"))
                .isEqualTo("Unknown");
        assertThat(cluster.get("node hollow-lost", "{.spec.taints[*].key}")).contains("node.kubernetes.io/unreachable");
        assertThat(cluster.get(
                        "pods -l app=moved --field-selector=spec.nodeName=hollow-lost",
                        "{.items[*].metadata.deletionTimestamp}"))
                .as("what nobody is heard of stays, deleted")
                .isNotEmpty();

        lost.resume();

        eventually(PATIENCE, () -> {
            assertThat(cluster.get("node hollow-lost", "{.spec.taints[*].key}")).isEqualTo("longshore.dev/hollow");
            assertThat(nodes(cluster, "moved")).containsOnly(real);
        });
    }

    /// Last, since nothing else finds a place on a node that is being drained.
    @Test
    @Order(6)
    void aDrainMovesPodsToAnotherNodeAsFastAsTheirBudgetLetsIt(RunningCluster cluster) {
        String real = realNode(cluster);
        cluster.apply("""
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: drained}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: drained}}
                  template:
                    metadata: {labels: {app: drained}}
                    spec:
                      terminationGracePeriodSeconds: 1
                      tolerations: [%s]
                      nodeSelector: {drained: "yes"}
                      containers: [{name: main, image: "hello:1", command: [sleep, "100000"]}]
                ---
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: {name: drained}
                spec: {minAvailable: 1, selector: {matchLabels: {app: drained}}}
                """.formatted(HollowGuest.TOLERATION));
        cluster.kubectl("label", "node", real, "drained=yes").succeeded();
        cluster.kubectl("rollout", "status", "deployment/drained", "--timeout=60s")
                .succeeded();
        assertThat(nodes(cluster, "drained")).containsExactly(real, real);

        try (HollowGuest _ = HollowGuest.of(cluster, "hollow-refuge")) {
            isReady(cluster, "hollow-refuge");
            cluster.kubectl("label", "node", "hollow-refuge", "drained=yes").succeeded();
            CompletableFuture<Ran> drain = CompletableFuture.supplyAsync(
                    () -> cluster.kubectl(
                            "drain", real, "--pod-selector=app=drained", "--ignore-daemonsets", "--timeout=90s"),
                    Thread::startVirtualThread);
            var least = new AtomicInteger(2);
            while (!drain.isDone()) {
                least.accumulateAndGet(
                        Integer.parseInt("0" + cluster.get("deployment drained", "{.status.availableReplicas}")),
                        Math::min);
            }

            Ran drained = drain.join().succeeded();
            assertThat(drained.out()).contains("evicting pod", "node/" + real + " drained");
            assertThat(drained.err()).contains("Cannot evict pod as it would violate the pod's disruption budget.");
            assertThat(least.get()).isGreaterThanOrEqualTo(1);
            cluster.kubectl("rollout", "status", "deployment/drained", "--timeout=60s")
                    .succeeded();
            assertThat(nodes(cluster, "drained")).containsExactly("hollow-refuge", "hollow-refuge");
        } finally {
            cluster.kubectl("uncordon", real);
            cluster.kubectl("label", "node", real, "drained-");
            cluster.kubectl("delete", "deployment/drained", "pdb/drained");
        }
    }

    private static void createJob(RunningCluster cluster, String name, String spec) {
        cluster.apply("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: %s}
                spec:
                  completions: 50
                  parallelism: 12
                  completionMode: Indexed
                  backoffLimitPerIndex: 0
                  %s
                  template:
                    spec:
                      restartPolicy: Never
                      terminationGracePeriodSeconds: 0
                      containers:
                      - name: main
                        image: "hello:1"
                        command: [sh, -c, "echo $JOB_COMPLETION_INDEX of $HOSTNAME; test $((JOB_COMPLETION_INDEX %% 10)) -ne 7"]
                """.formatted(name, spec));
    }

    /// It may not even have registered yet.
    private static void isReady(RunningCluster cluster, String node) {
        eventually(
                PATIENCE,
                () -> assertThat(cluster.get("node " + node, "{.status.conditions[?(@.type==\"Ready\")].status}"))
                        .isEqualTo("True"));
    }

    private static String realNode(RunningCluster cluster) {
        return cluster.get("nodes", "{.items[*].metadata.name}")
                .lines()
                .flatMap(line -> List.of(line.split(" ")).stream())
                .filter(name -> !name.startsWith("hollow-"))
                .findFirst()
                .orElseThrow();
    }

    /// Where the pods of `app` are, whether they are being deleted or not.
    private static List<String> nodes(RunningCluster cluster, String app) {
        return cluster.get("pods -l app=" + app, "{range .items[*]}{.spec.nodeName}{\"\\n\"}{end}")
                .lines()
                .toList();
    }

    private static List<String> readyNodes(RunningCluster cluster, String app) {
        return cluster.get(
                        "pods -l app=" + app,
                        "{range .items[*]}{.spec.nodeName} {.status.conditions[?(@.type==\"Ready\")].status}{\"\\n\"}{end}")
                .lines()
                .filter(line -> line.endsWith(" True"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
    }
}
