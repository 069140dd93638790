package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Json;
import dev.longshore.client.EventRecorder;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerCondition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AutoscalerPassTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private final FakeWorld world = new FakeWorld();

    @Test
    void growsAndSaysWhy() {
        world.replicas = 2;
        world.cpu = List.of(900L, 900L);

        HorizontalPodAutoscaler after = pass(cpu(2, 10));

        assertThat(world.scaledTo).hasValue(4);
        assertThat(world.told)
                .containsExactly(
                        "SuccessfulRescale New size: 4; reason: cpu resource utilization (percentage of request)"
                                + " above target");
        assertThat(after.getStatus().getDesiredReplicas()).isEqualTo(4);
        assertThat(after.getStatus().getCurrentReplicas()).isEqualTo(2);
        assertThat(after.getStatus().getLastScaleTime()).isEqualTo(NOW.toString());
        assertThat(after.getStatus()
                        .getCurrentMetrics()
                        .getFirst()
                        .getResource()
                        .getCurrent()
                        .getAverageUtilization())
                .isEqualTo(90);
        assertThat(conditions(after))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "AbleToScale", "True SucceededRescale",
                        "ScalingActive", "True ValidMetricFound",
                        "ScalingLimited", "False DesiredWithinRange"));
    }

    @Test
    void leavesAloneWhatIsAtItsTarget() {
        world.replicas = 2;
        world.cpu = List.of(500L, 520L);

        HorizontalPodAutoscaler after = pass(cpu(1, 10));

        assertThat(world.scaledTo).isEmpty();
        assertThat(world.told).isEmpty();
        assertThat(after.getStatus().getDesiredReplicas()).isEqualTo(2);
        assertThat(conditions(after)).containsEntry("AbleToScale", "True ReadyForNewScale");
    }

    @Test
    void boundsNeedNoMetrics() {
        world.replicas = 1;

        HorizontalPodAutoscaler after = pass(cpu(3, 10));

        assertThat(world.scaledTo).hasValue(3);
        assertThat(world.told)
                .containsExactly(
                        "SuccessfulRescale New size: 3; reason: Current number of replicas below Spec.MinReplicas");
        assertThat(conditions(after)).containsEntry("AbleToScale", "True SucceededRescale");
    }

    @Test
    void whatIsScaledToZeroByHandStaysSo() {
        world.replicas = 0;

        HorizontalPodAutoscaler after = pass(cpu(1, 10));

        assertThat(world.scaledTo).isEmpty();
        assertThat(conditions(after)).containsEntry("ScalingActive", "False ScalingDisabled");
    }

    @Test
    void withoutMetricsItSaysWhatIsMissing() {
        world.replicas = 2;

        HorizontalPodAutoscaler after = pass(cpu(1, 10));

        String why = "failed to get cpu utilization: unable to get metrics for resource cpu: nothing is measured";
        assertThat(world.scaledTo).isEmpty();
        assertThat(world.told)
                .containsExactly(
                        "FailedGetResourceMetric " + why,
                        "FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get"
                                + " cpu resource metric value: " + why);
        assertThat(after.getStatus().getConditions())
                .anySatisfy(condition -> assertThat(condition.getMessage())
                        .isEqualTo("the HPA was unable to compute the replica count: " + why));
        assertThat(conditions(after)).containsEntry("ScalingActive", "False FailedGetResourceMetric");
    }

    @Test
    void ofSeveralMetricsTheMostCounts() {
        world.replicas = 2;
        world.cpu = List.of(500L, 500L);
        world.external = 15_000;

        pass(withExternal(cpu(1, 10), "5"));

        assertThat(world.scaledTo).hasValue(3);
    }

    @Test
    void aMetricThatFailsForbidsShrinkingOnly() {
        world.replicas = 4;
        world.external = 5_000;

        HorizontalPodAutoscaler kept = pass(withExternal(cpu(1, 10), "5"));
        assertThat(world.scaledTo).isEmpty();
        assertThat(conditions(kept)).containsEntry("ScalingActive", "False FailedGetResourceMetric");

        world.external = 35_000;
        pass(withExternal(cpu(1, 10), "5"));
        assertThat(world.scaledTo).hasValue(7);
    }

    @Test
    void whatCannotBeScaledIsNamed() {
        world.replicas = -1;

        HorizontalPodAutoscaler after = pass(cpu(1, 10));

        assertThat(world.told).containsExactly("FailedGetScale deployments.apps \"web\" not found");
        assertThat(conditions(after)).containsEntry("AbleToScale", "False FailedGetScale");
    }

    @Test
    void twoAutoscalersOfTheSamePodsDoNothing() {
        world.replicas = 2;
        world.cpu = List.of(900L, 900L);
        world.scalers = List.of("{a default}", "{web default}");

        HorizontalPodAutoscaler after = pass(cpu(1, 10));

        assertThat(world.scaledTo).isEmpty();
        assertThat(conditions(after)).containsEntry("ScalingActive", "False AmbiguousSelector");
        assertThat(world.told.getFirst())
                .isEqualTo("AmbiguousSelector pods by selector app=web are controlled by multiple HPAs: [{a default},"
                        + " {web default}]");
    }

    private HorizontalPodAutoscaler pass(HorizontalPodAutoscaler autoscaler) {
        return new AutoscalerPass(autoscaler, world, NOW).run();
    }

    private static Map<String, String> conditions(HorizontalPodAutoscaler autoscaler) {
        var conditions = new TreeMap<String, String>();
        for (HorizontalPodAutoscalerCondition one : autoscaler.getStatus().getConditions()) {
            conditions.put(one.getType(), one.getStatus() + " " + one.getReason());
        }
        return conditions;
    }

    private static HorizontalPodAutoscaler cpu(int least, int most) {
        return new HorizontalPodAutoscalerBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("web")
                .endMetadata()
                .withNewSpec()
                .withNewScaleTargetRef("apps/v1", "Deployment", "web")
                .withMinReplicas(least)
                .withMaxReplicas(most)
                .addNewMetric()
                .withType("Resource")
                .withNewResource()
                .withName("cpu")
                .withNewTarget()
                .withType("Utilization")
                .withAverageUtilization(50)
                .endTarget()
                .endResource()
                .endMetric()
                .endSpec()
                .build();
    }

    private static HorizontalPodAutoscaler withExternal(HorizontalPodAutoscaler autoscaler, String average) {
        return new HorizontalPodAutoscalerBuilder(autoscaler)
                .editSpec()
                .addNewMetric()
                .withType("External")
                .withNewExternal()
                .withNewMetric()
                .withName("queue")
                .endMetric()
                .withNewTarget()
                .withType("AverageValue")
                .withAverageValue(new Quantity(average))
                .endTarget()
                .endExternal()
                .endMetric()
                .endSpec()
                .build();
    }

    /// A workload whose pods request a whole CPU each.
    private static final class FakeWorld implements AutoscalerPass.World, UsageSource {
        private final List<String> told = new ArrayList<>();
        private int replicas;
        private List<Long> cpu = List.of();
        private long external;
        private List<String> scalers = List.of("{web default}");
        private OptionalInt scaledTo = OptionalInt.empty();

        @Override
        public ScaleTargets.Scale scale() {
            if (replicas < 0) {
                throw new KubernetesClientException("deployments.apps \"web\" not found");
            }
            return new ScaleTargets.Scale("", Json.object(), replicas, replicas, "app=web");
        }

        @Override
        public void rescale(ScaleTargets.Scale scale, int wanted) {
            scaledTo = OptionalInt.of(wanted);
        }

        @Override
        public UsageSource usage() {
            return this;
        }

        @Override
        public ScalingHistory history(int current) {
            return new ScalingHistory(NOW.minus(Duration.ofHours(1)), current);
        }

        @Override
        public void tell(EventRecorder.Type type, String reason, String message) {
            told.add(reason + " " + message);
        }

        @Override
        public List<Pod> pods(String selector) {
            return IntStream.range(0, replicas).mapToObj(FakeWorld::pod).toList();
        }

        private static Pod pod(int number) {
            return new PodBuilder(Samples.ready("pod-" + number, "10.0.0.1"))
                    .editSpec()
                    .editFirstContainer()
                    .withNewResources()
                    .addToRequests("cpu", new Quantity("1"))
                    .endResources()
                    .endContainer()
                    .endSpec()
                    .editStatus()
                    .withStartTime("2026-01-01T00:00:00Z")
                    .endStatus()
                    .build();
        }

        @Override
        public List<String> scalersOf(String selector, List<Pod> pods) {
            return scalers;
        }

        @Override
        public Map<String, PodUsage> resource(String namespace, String selector, String resource, String container) {
            if (cpu.isEmpty()) {
                throw new UnknownUsageException("nothing is measured");
            }
            var usage = new TreeMap<String, PodUsage>();
            for (int i = 0; i < cpu.size(); i++) {
                usage.put("pod-" + i, new PodUsage(cpu.get(i), NOW, Duration.ofSeconds(30)));
            }
            return usage;
        }

        @Override
        public Map<String, PodUsage> pods(String namespace, String selector, String name, LabelSelector series) {
            throw new UnknownUsageException("nothing is measured");
        }

        @Override
        public long object(String namespace, CrossVersionObjectReference object, String name, LabelSelector series) {
            throw new UnknownUsageException("nothing is measured");
        }

        @Override
        public List<Long> external(String namespace, String name, LabelSelector series) {
            return List.of(external);
        }
    }
}
