package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// An important pod takes the place of an unimportant one: the one seat that a node has, of which no other test
/// knows.
@ExtendWith(HollowShared.class)
class PreemptionJourneyTest {

    private static final String SEAT = "example.com/seat";
    private static final String NODE = "node-1";

    private final HollowNamespace namespace = HollowNamespace.fresh("preemption");
    private final KubernetesClient client = namespace.client();
    private final String important = namespace.name() + "-important";

    @BeforeEach
    void provideOneSeat() {
        seats("1");
        client.resource(new PriorityClassBuilder()
                        .withNewMetadata()
                        .withName(important)
                        .endMetadata()
                        .withValue(1000)
                        .build())
                .create();
        namespace.create(pod("first", ""), Pod.class);
        await().atMost(HollowNamespace.PATIENCE)
                .until(() -> "Running".equals(stored("first").getStatus().getPhase()));
    }

    @AfterEach
    void takeTheSeatAway() {
        client.scheduling().v1().priorityClasses().withName(important).delete();
        seats("0");
        namespace.close();
    }

    @Test
    void anImportantPodTakesTheSeatOfAnUnimportantOne() {
        String victim = stored("first").getMetadata().getUid();

        Pod vip = namespace.create(pod("vip", "priorityClassName: " + important), Pod.class);

        await().atMost(HollowNamespace.PATIENCE)
                .until(() -> "Running".equals(stored("vip").getStatus().getPhase()));
        assertThat(stored("vip").getSpec().getNodeName()).isEqualTo(NODE);
        assertThat(namespace.pods()).noneMatch(pod -> pod.getMetadata().getUid().equals(victim));
        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(namespace.told("first"))
                        .contains("Preempted: Preempted by pod %s on node %s"
                                .formatted(vip.getMetadata().getUid(), NODE)));
    }

    @Test
    void anEquallyImportantPodWaitsAndIsToldWhy() {
        namespace.create(pod("second", ""), Pod.class);

        await().atMost(HollowNamespace.PATIENCE)
                .untilAsserted(() -> assertThat(stored("second").getStatus().getConditions())
                        .anySatisfy(condition -> {
                            assertThat(condition.getReason()).isEqualTo("Unschedulable");
                            assertThat(condition.getMessage())
                                    .contains("Insufficient " + SEAT)
                                    .contains("1 No preemption victims found for incoming pod");
                        }));
        assertThat(stored("first").getMetadata().getDeletionTimestamp()).isNull();
    }

    private Pod stored(String name) {
        return namespace.stored(Pod.class, name);
    }

    private void seats(String count) {
        client.nodes().withName(NODE).editStatus(node -> with(node, count));
    }

    private static Node with(Node node, String count) {
        return new NodeBuilder(node)
                .editStatus()
                .addToCapacity(SEAT, new Quantity(count))
                .addToAllocatable(SEAT, new Quantity(count))
                .endStatus()
                .build();
    }

    private static String pod(String name, String more) {
        return """
                apiVersion: v1
                kind: Pod
                metadata:
                  name: %s
                spec:
                  terminationGracePeriodSeconds: 1
                  %s
                  containers:
                    - name: main
                      image: registry.example/app
                      resources:
                        limits:
                          example.com/seat: "1"
                """.formatted(name, more);
    }
}
