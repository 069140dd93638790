package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupRegistryTest {

    private final FakeGroup group = new FakeGroup("workers", 0, 10, Sample.node("t", 2000, 8192));
    private final GroupRegistry registry = new GroupRegistry(AutoscalerOptions.DEFAULT);

    @Test
    void nodesThatAreNotThereYetAreOnTheirWay() {
        grow(3, Sample.NOW);
        update(Sample.NOW, nodes(1));

        assertThat(registry.readiness("workers").upcoming(3)).isEqualTo(2);
        assertThat(registry.readiness("workers").unregistered()).containsExactly("workers-2", "workers-3");
        assertThat(registry.isScalingUp(group.view())).isTrue();
    }

    @Test
    void aNodeThatHasJustRegisteredAndIsNotReadyIsStillOnItsWay() {
        grow(1, Sample.NOW);
        Node young = new NodeBuilder(Sample.unready(nodes(1).getFirst()))
                .editMetadata()
                .withCreationTimestamp(Sample.NOW.toString())
                .endMetadata()
                .build();
        update(Sample.NOW.plusSeconds(60), List.of(young));

        assertThat(registry.readiness("workers").notStarted()).containsExactly("workers-1");
        assertThat(registry.readiness("workers").upcoming(1)).isEqualTo(1);
    }

    @Test
    void whenAllAreThereTheRequestIsForgotten() {
        grow(2, Sample.NOW);
        update(Sample.NOW.plusSeconds(60), nodes(2));

        assertThat(registry.isScalingUp(group.view())).isFalse();
        assertThat(update(Sample.NOW.plus(Duration.ofHours(1)), nodes(2))).isEmpty();
    }

    @Test
    void aGroupWhoseNodesNeverRegisterIsLeftAloneAndItsNodesAreGivenUp() {
        grow(1, Sample.NOW);
        assertThat(update(Sample.NOW.plusSeconds(10), nodes(0))).isEmpty();

        var late = Sample.NOW.plus(Duration.ofMinutes(15)).plusSeconds(20);
        assertThat(update(late, nodes(0)))
                .containsExactly(Notice.warning(
                        "ScaleUpTimedOut", "Nodes added to group workers failed to register within 15m20s"));
        assertThat(registry.obstacle(group.view(), late)).contains(ScaleUpPlanner.BACKED_OFF);
        assertThat(registry.readiness("workers").longUnregistered()).containsExactly("workers-1");
        assertThat(registry.obstacle(group.view(), late.plus(Duration.ofMinutes(5))))
                .isEmpty();
    }

    @Test
    void instancesThatCannotBeMadeAreToldOnceAndTheGroupIsLeftAlone() {
        grow(2, Sample.NOW);
        group.instances.set(
                1,
                new Instance(
                        "workers-2",
                        Instance.State.CREATING,
                        Optional.of(new Instance.Failure("QUOTA_EXCEEDED", "no more cores"))));

        assertThat(update(Sample.NOW.plusSeconds(10), nodes(1)))
                .containsExactly(Notice.warning(
                        "ScaleUpFailed",
                        "Failed adding 1 nodes to group workers due to OtherErrorClass.QUOTA_EXCEEDED;"
                                + " source errors: no more cores"));
        assertThat(update(Sample.NOW.plusSeconds(20), nodes(1))).isEmpty();
        assertThat(registry.backoff(group.view(), Sample.NOW.plusSeconds(20)))
                .contains(new Instance.Failure("QUOTA_EXCEEDED", "no more cores"));
        assertThat(GroupRegistry.failed(group.view()))
                .extracting(Instance::name)
                .containsExactly("workers-2");
    }

    @Test
    void theTimeAGroupIsLeftAloneDoublesAndEndsWithSuccess() {
        var backoff = new GroupBackoff(AutoscalerOptions.DEFAULT.backoff());
        var why = new Instance.Failure("x", "y");
        Instant now = Sample.NOW;
        for (int minutes : new int[] {5, 10, 20, 30, 30}) {
            backoff.failed("g", why, now);
            assertThat(backoff.reason("g", now.plus(Duration.ofMinutes(minutes)).minusSeconds(1)))
                    .isPresent();
            now = now.plus(Duration.ofMinutes(minutes)).plusSeconds(1);
            assertThat(backoff.reason("g", now)).isEmpty();
        }
        backoff.forget("g");
        backoff.failed("g", why, now);
        assertThat(backoff.reason("g", now.plus(Duration.ofMinutes(6)))).isEmpty();
    }

    @Test
    void aTargetThatIsTooHighForTooLongIsToBeLowered() {
        group.with(3);
        group.instances.removeLast();
        update(Sample.NOW, nodes(2));
        assertThat(registry.missing(group.view(), Sample.NOW.plus(Duration.ofMinutes(14))))
                .isZero();
        update(Sample.NOW.plus(Duration.ofMinutes(16)), nodes(2));

        assertThat(registry.missing(group.view(), Sample.NOW.plus(Duration.ofMinutes(16))))
                .isEqualTo(1);
    }

    @Test
    void aClusterWithTooManyUnreadyNodesIsUnhealthy() {
        group.with(8);
        List<Node> some = new ArrayList<>(nodes(8));
        for (int i = 0; i < 3; i++) {
            some.set(i, Sample.unready(some.get(i)));
        }
        update(Sample.NOW, some);
        assertThat(registry.isHealthy()).isTrue();
        assertThat(registry.isHealthy(group.view())).isTrue();

        for (int i = 3; i < 5; i++) {
            some.set(i, Sample.unready(some.get(i)));
        }
        update(Sample.NOW, some);
        assertThat(registry.isHealthy()).isFalse();
        assertThat(registry.obstacle(group.view(), Sample.NOW)).contains(ScaleUpPlanner.NOT_READY);
    }

    @Test
    void anEmptyGroupIsHealthy() {
        update(Sample.NOW, List.of());

        assertThat(registry.isHealthy(group.view())).isTrue();
        assertThat(registry.obstacle(group.view(), Sample.NOW)).isEmpty();
    }

    private void grow(int nodes, Instant now) {
        GroupView before = group.view();
        group.increaseSize(nodes);
        registry.grew(before, nodes, now);
    }

    private List<Notice> update(Instant now, List<Node> nodes) {
        return registry.update(List.of(group.view()), Sample.at(now, nodes, List.of()));
    }

    private static List<Node> nodes(int count) {
        var nodes = new ArrayList<Node>();
        for (int i = 1; i <= count; i++) {
            nodes.add(Sample.node("workers-" + i, 2000, 8192));
        }
        return nodes;
    }
}
