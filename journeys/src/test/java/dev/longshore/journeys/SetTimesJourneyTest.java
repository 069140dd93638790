package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What StatefulSets and DaemonSets do by the clock.
@ExtendWith(MovedCluster.class)
@Order(21)
class SetTimesJourneyTest {

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void aStatefulSetMakesTheNextPodWhenTheOneBeforeHasBeenReadyForLongEnough() {
        try (var namespace = cluster.namespace("ordered")) {
            namespace.create("""
                    {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db}, spec: {replicas: 3, serviceName: db, minReadySeconds: 40,
                      selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}},
                        spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "db:1"}]}}}}
                    """, StatefulSet.class);

            cluster.passUntil(
                    Duration.ofMinutes(4),
                    () -> Objects.equals(
                            namespace
                                    .stored(StatefulSet.class, "db")
                                    .getStatus()
                                    .getAvailableReplicas(),
                            3));

            List<Pod> pods = inOrder(namespace);
            assertThat(pods).extracting(pod -> pod.getMetadata().getName()).containsExactly("db-0", "db-1", "db-2");
            eachWaited(pods, Duration.ofSeconds(40));
        }
    }

    @Test
    void aDaemonSetReplacesTheNextPodWhenTheOneBeforeHasBeenReadyForLongEnough() {
        try (var namespace = cluster.namespace("daemons")) {
            namespace.create("""
                    {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: agent}, spec: {minReadySeconds: 40,
                      selector: {matchLabels: {app: agent}}, updateStrategy: {rollingUpdate: {maxUnavailable: 1}},
                      template: {metadata: {labels: {app: agent}},
                        spec: {terminationGracePeriodSeconds: 0, containers: [{name: main, image: "agent:1"}]}}}}
                    """, DaemonSet.class);
            cluster.passUntil(Duration.ofMinutes(2), () -> isComplete(namespace));
            namespace
                    .client()
                    .apps()
                    .daemonSets()
                    .inNamespace(namespace.name())
                    .withName("agent")
                    .edit(set -> new DaemonSetBuilder(set)
                            .editSpec()
                            .editTemplate()
                            .editSpec()
                            .editFirstContainer()
                            .withImage("agent:2")
                            .endContainer()
                            .endSpec()
                            .endTemplate()
                            .endSpec()
                            .build());

            cluster.passUntil(Duration.ofMinutes(4), () -> isComplete(namespace));

            eachWaited(inOrder(namespace), Duration.ofSeconds(40));
        }
    }

    /// Every pod but the first was made so long after the one before it became ready.
    private static void eachWaited(List<Pod> pods, Duration wait) {
        for (int i = 1; i < pods.size(); i++) {
            assertThat(Duration.between(ready(pods.get(i - 1)), created(pods.get(i))))
                    .isBetween(wait, wait.plusSeconds(20));
        }
    }

    private static boolean isComplete(HollowNamespace namespace) {
        DaemonSet set = namespace.stored(DaemonSet.class, "agent");
        var status = set.getStatus();
        return Objects.equals(status.getObservedGeneration(), set.getMetadata().getGeneration())
                && Objects.equals(status.getUpdatedNumberScheduled(), 3)
                && Objects.equals(status.getNumberAvailable(), 3);
    }

    private static List<Pod> inOrder(HollowNamespace namespace) {
        return namespace.pods().stream()
                .sorted(Comparator.comparing(SetTimesJourneyTest::created))
                .toList();
    }

    private static Instant created(Pod pod) {
        return Instant.parse(pod.getMetadata().getCreationTimestamp());
    }

    private static Instant ready(Pod pod) {
        return pod.getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals("Ready"))
                .map(PodCondition::getLastTransitionTime)
                .map(Instant::parse)
                .findFirst()
                .orElseThrow();
    }
}
