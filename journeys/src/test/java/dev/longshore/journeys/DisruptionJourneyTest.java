package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What disruption budgets promise, and that evictions keep to it.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(18)
record DisruptionJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String STATUS = "{.status.expectedPods} {.status.desiredHealthy} {.status.currentHealthy}"
            + " {.status.disruptionsAllowed} {.status.conditions[0].reason}";

    @Test
    void aBudgetFollowsItsPodsAndTheScaleOfTheirOwner() {
        Kubectl kubectl = withReplicas("budget", 2);
        kubectl.ok("create", "poddisruptionbudget", "web", "--selector=app=web", "--max-unavailable=50%");
        isStatus(kubectl, "2 1 2 1 SufficientPods");

        kubectl.ok("scale", "deployment", "web", "--replicas=4");
        isStatus(kubectl, "4 2 4 2 SufficientPods");
        kubectl.ok("patch", "pdb", "web", "--type=merge", "-p", "{\"spec\":{\"maxUnavailable\":0}}");
        isStatus(kubectl, "4 4 4 0 InsufficientPods");
        assertThat(kubectl.value("pdb web", "{.metadata.generation}"))
                .isEqualTo(kubectl.value("pdb web", "{.status.observedGeneration}"));
    }

    @Test
    void podsOfNobodyAreCountedAndAnOwnerWithoutScaleIsSaidToBeOne() {
        Kubectl kubectl = anywhere.fresh("budget-owners");
        kubectl.ok("run", "alone", "--image=nginx", "--labels=app=web");
        kubectl.ok("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=1");
        isStatus(kubectl, "1 1 1 0 InsufficientPods");

        kubectl.ok("create", "job", "work", "--image=nginx");
        kubectl.ok("create", "poddisruptionbudget", "jobs", "--selector=job-name=work", "--min-available=50%");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "pdb", "jobs"))
                        .contains(
                                "CalculateExpectedPodCountFailed",
                                "jobs.batch does not implement the scale subresource"));
        assertThat(kubectl.value("pdb jobs", "{.status.conditions[0].reason}")).isEqualTo("SyncFailed");
    }

    @Test
    void anUnreadyPodIsEvictedForNothing() {
        Kubectl kubectl = withReplicas("budget-unready", 2);
        kubectl.ok("create", "poddisruptionbudget", "web", "--selector=app=web", "--min-available=2");
        isStatus(kubectl, "2 2 2 0 InsufficientPods");
        kubectl.okWith("""
                apiVersion: v1
                kind: Pod
                metadata: {name: sick, labels: {app: web}}
                spec:
                  readinessGates: [{conditionType: example.com/never}]
                  containers: [{name: main, image: nginx}]
                """, "apply");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(kubectl.value("pod sick", "{.status.phase}")).isEqualTo("Running"));
        isStatus(kubectl, "3 2 2 0 InsufficientPods");

        assertThat(evict(kubectl, kubectl.value("pods -l app=web,pod-template-hash", "{.items[0].metadata.name}"))
                        .failed()
                        .err())
                .contains("Cannot evict pod as it would violate the pod's disruption budget.");
        evict(kubectl, "sick").succeeded();
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(kubectl.run("get", "pod", "sick").exit()).isNotZero());
    }

    @Test
    void aDrainWaitsForTheBudget() {
        Kubectl kubectl = anywhere.fresh("drain");
        // A drain looks into all namespaces.
        String selector = "app=" + kubectl.namespace();
        kubectl.ok("create", "deployment", kubectl.namespace(), "--image=nginx", "--replicas=2");
        kubectl.ok("rollout", "status", "deployment/" + kubectl.namespace(), "--timeout=60s");
        kubectl.ok("create", "poddisruptionbudget", "web", "--selector=" + selector, "--min-available=2");
        isStatus(kubectl, "2 2 2 0 InsufficientPods");
        String node = kubectl.value("pods", "{.items[0].spec.nodeName}");

        // Not in the common pool, where one thread that waits may be one too many.
        CompletableFuture<Ran> drain = CompletableFuture.supplyAsync(
                () -> kubectl.run(
                        "drain", node, "--pod-selector=" + selector, "--ignore-daemonsets", "--force", "--timeout=90s"),
                Thread::startVirtualThread);
        try {
            assertThatThrownBy(() -> drain.get(4, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            assertThat(pods(kubectl, node)).isNotEmpty();

            kubectl.ok("scale", "deployment", kubectl.namespace(), "--replicas=4");
            Ran drained = drain.join().succeeded();
            assertThat(drained.err()).contains("Cannot evict pod as it would violate the pod's disruption budget.");
            assertThat(drained.out()).contains(node + " drained");
            assertThat(pods(kubectl, node)).isEmpty();
        } finally {
            kubectl.ok("uncordon", node);
        }
    }

    private static String pods(Kubectl kubectl, String node) {
        return kubectl.ok("get", "pods", "-o", "name", "--field-selector=spec.nodeName=" + node);
    }

    private Kubectl withReplicas(String theme, int replicas) {
        Kubectl kubectl = anywhere.fresh(theme);
        kubectl.ok("create", "deployment", "web", "--image=nginx", "--replicas=" + replicas);
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=60s");
        return kubectl;
    }

    private static void isStatus(Kubectl kubectl, String status) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kubectl.value("pdb web", STATUS)).isEqualTo(status));
    }

    private static Ran evict(Kubectl kubectl, String pod) {
        String path = "/api/v1/namespaces/" + kubectl.namespace() + "/pods/" + pod + "/eviction";
        return kubectl.runWith(
                "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":{\"name\":\"" + pod + "\"}}",
                "create",
                "--raw",
                path,
                "-f",
                "-");
    }
}
