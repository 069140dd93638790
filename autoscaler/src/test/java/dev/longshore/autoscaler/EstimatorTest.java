package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.NodeView;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EstimatorTest {

    private static final int MANY = 1000;

    @Test
    void countsTheNodesThatPodsFill() {
        var estimate = estimate(pods("web", 10, 500), Sample.template(Sample.node("t", 2000, 8192)), MANY);

        assertThat(estimate.nodes()).isEqualTo(3);
        assertThat(estimate.pods()).hasSize(10);
    }

    @Test
    void packsLargePodsFirstAndFillsUpWithSmallOnes() {
        List<Pod> pods = new ArrayList<>(pods("small", 4, 500));
        pods.addAll(pods("large", 2, 1500));

        assertThat(estimate(pods, Sample.template(Sample.node("t", 2000, 8192)), MANY)
                        .nodes())
                .isEqualTo(3);
    }

    @Test
    void leavesTheRoomOfDaemonsFree() {
        var node = Sample.node("t", 2000, 8192);
        var daemons = DaemonsOnTemplate.of(
                List.of(Sample.daemons("logs", 600)), NodeView.of(node, List.of()), false, Sample.RULES);

        assertThat(estimate(pods("web", 4, 500), new NodeTemplate(node, daemons), MANY)
                        .nodes())
                .isEqualTo(2);
    }

    @Test
    void aDaemonThatDoesNotFitIsNotCountedUnlessForced() {
        var view = NodeView.of(Sample.node("t", 2000, 8192), List.of());
        var sets = List.of(Sample.daemons("huge", 3000));

        assertThat(DaemonsOnTemplate.of(sets, view, false, Sample.RULES)).isEmpty();
        assertThat(DaemonsOnTemplate.of(sets, view, true, Sample.RULES)).hasSize(1);
    }

    @Test
    void stopsAtTheLimitAndSaysWhichPodsHaveAPlaceThen() {
        var estimate = estimate(pods("web", 10, 500), Sample.template(Sample.node("t", 2000, 8192)), 2);

        assertThat(estimate.nodes()).isEqualTo(2);
        assertThat(estimate.pods()).hasSize(8);
    }

    @Test
    void podsThatNoNewNodeHelpsNeedNone() {
        assertThat(estimate(pods("web", 3, 2500), Sample.template(Sample.node("t", 2000, 8192)), MANY)
                        .nodes())
                .isZero();
    }

    private static List<Pod> pods(String owner, int count, int milliCores) {
        return IntStream.range(0, count)
                .mapToObj(i -> Sample.pending(owner, i, milliCores, 100))
                .toList();
    }

    private static Estimator.Estimate estimate(List<Pod> pods, NodeTemplate template, int most) {
        return Estimator.estimate(PodGroup.of(pods), template, "g", new Simulation(Sample.RULES), most);
    }
}
