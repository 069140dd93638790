package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Who leaves a node that is tainted with `NoExecute`, and when.
@ExtendWith(MovedCluster.class)
@Order(19)
class TaintJourneyTest {

    private static final String NODE = "tainted";
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s}
            spec:
              terminationGracePeriodSeconds: 0
              nodeSelector: {kubernetes.io/hostname: tainted}
              containers: [{name: main, image: nginx}]
              tolerations: [%s]
            """;
    private static final Taint TAINT = new TaintBuilder()
            .withKey("maintenance")
            .withValue("soon")
            .withEffect("NoExecute")
            .build();

    private static final MovedCluster cluster = MovedCluster.cluster();

    @BeforeAll
    static void enter() {
        cluster.addNode(NODE, "north");
    }

    @AfterAll
    static void leave() {
        cluster.silence(NODE);
        cluster.forget(NODE);
    }

    @Test
    void podsLeaveWhenTheirPatienceEnds() {
        try (var space = cluster.namespace("taint")) {
            run(space, "none", "");
            run(space, "some", "{key: maintenance, operator: Exists, effect: NoExecute, tolerationSeconds: 60}");
            run(space, "ever", "{key: maintenance, value: soon}");

            taint(List.of(TAINT));

            soon(() -> assertThat(space.stored(Pod.class, "none")).isNull());
            soon(() -> assertThat(space.told("none"))
                    .contains("TaintManagerEviction: Marking for deletion Pod " + space.name() + "/none"));
            cluster.pass(Duration.ofSeconds(45));
            assertThat(space.stored(Pod.class, "some").getMetadata().getDeletionTimestamp())
                    .isNull();
            cluster.passUntil(Duration.ofSeconds(40), () -> space.stored(Pod.class, "some") == null);
            assertThat(space.stored(Pod.class, "ever").getStatus().getPhase()).isEqualTo("Running");
        } finally {
            taint(List.of());
        }
    }

    @Test
    void aTaintThatGoesInTimeSparesThePodsThatTolerateIt() {
        try (var space = cluster.namespace("spared")) {
            run(space, "some", "{key: maintenance, operator: Exists, effect: NoExecute, tolerationSeconds: 60}");
            taint(List.of(TAINT));
            cluster.pass(Duration.ofSeconds(20));

            taint(List.of());

            soon(() -> assertThat(space.told("some"))
                    .contains("TaintManagerEviction: Cancelling deletion of Pod " + space.name() + "/some"));
            cluster.pass(Duration.ofSeconds(60));
            assertThat(space.stored(Pod.class, "some").getMetadata().getDeletionTimestamp())
                    .isNull();
        } finally {
            taint(List.of());
        }
    }

    private static void run(HollowNamespace space, String name, String tolerations) {
        space.create(POD.formatted(name, tolerations), Pod.class);
        soon(() ->
                assertThat(space.stored(Pod.class, name).getStatus().getPhase()).isEqualTo("Running"));
    }

    private static void taint(List<Taint> taints) {
        cluster.client().nodes().withName(NODE).edit(node -> {
            node.getSpec().setTaints(taints);
            return node;
        });
    }
}
