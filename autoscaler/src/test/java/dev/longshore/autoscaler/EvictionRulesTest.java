package dev.longshore.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class EvictionRulesTest {

    private static final RemainingBudgets NO_BUDGETS = new RemainingBudgets(List.of());

    @Test
    void aReplicatedPodMoves() {
        assertThat(of(pod(pod -> pod))).isInstanceOf(Eviction.Moved.class);
    }

    @Test
    void daemonsAndMirrorPodsGoWithTheirNode() {
        assertThat(of(pod(pod -> owned(pod, "DaemonSet")))).isInstanceOf(Eviction.Ignored.class);
        assertThat(of(pod(pod -> annotated(pod, "kubernetes.io/config.mirror", "x"))))
                .isInstanceOf(Eviction.Ignored.class);
    }

    @Test
    void aPodThatNobodyWouldMakeAnewKeepsItsNode() {
        isRefused(pod(pod -> pod.editMetadata().withOwnerReferences(List.of()).endMetadata()), Obstacle.NOT_REPLICATED);
        isRefused(pod(pod -> owned(pod, "Widget")), Obstacle.NOT_REPLICATED);
        assertThat(with("skip-nodes-with-custom-controller-pods=false")
                        .of(pod(pod -> owned(pod, "Widget")), Sample.OWNERS, NO_BUDGETS, Sample.NOW))
                .isInstanceOf(Eviction.Moved.class);
    }

    @Test
    void aPodWhoseControllerIsGoneOrHasTooFewReplicasKeepsItsNode() {
        Observation.Owners gone = (namespace, owner) -> new Observation.Owners.State(false, 0);
        assertThat(rules().of(pod(pod -> pod), gone, NO_BUDGETS, Sample.NOW))
                .isInstanceOfSatisfying(
                        Eviction.Refused.class,
                        refused -> assertThat(refused.obstacle()).isEqualTo(Obstacle.CONTROLLER_NOT_FOUND));
        assertThat(with("min-replica-count=4").of(pod(pod -> pod), Sample.OWNERS, NO_BUDGETS, Sample.NOW))
                .isInstanceOfSatisfying(
                        Eviction.Refused.class,
                        refused -> assertThat(refused.obstacle()).isEqualTo(Obstacle.MIN_REPLICAS_REACHED));
    }

    @Test
    void annotationsDecide() {
        Pod lonely = pod(pod -> annotated(
                pod.editMetadata().withOwnerReferences(List.of()).endMetadata(), PodTraits.SAFE_TO_EVICT, "true"));
        assertThat(of(lonely)).isInstanceOf(Eviction.Moved.class);
        isRefused(pod(pod -> annotated(pod, PodTraits.SAFE_TO_EVICT, "false")), Obstacle.NOT_SAFE_TO_EVICT);
    }

    @Test
    void localStorageKeepsAPodUnlessTheVolumeIsSaidToBeSafeOrIsMemory() {
        isRefused(pod(EvictionRulesTest::withScratch), Obstacle.LOCAL_STORAGE);
        assertThat(of(pod(pod -> annotated(
                        withScratch(pod),
                        "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes",
                        "a, scratch"))))
                .isInstanceOf(Eviction.Moved.class);
        assertThat(of(pod(pod -> pod.editSpec()
                        .addNewVolume()
                        .withName("scratch")
                        .withNewEmptyDir()
                        .withMedium("Memory")
                        .endEmptyDir()
                        .endVolume()
                        .endSpec())))
                .isInstanceOf(Eviction.Moved.class);
        assertThat(with("skip-nodes-with-local-storage=false")
                        .of(pod(EvictionRulesTest::withScratch), Sample.OWNERS, NO_BUDGETS, Sample.NOW))
                .isInstanceOf(Eviction.Moved.class);
    }

    @Test
    void aPodOfTheSystemMovesOnlyWithABudgetOrAfterAnHour() {
        UnaryOperator<PodBuilder> system =
                pod -> pod.editMetadata().withNamespace("kube-system").endMetadata();
        isRefused(pod(system), Obstacle.SYSTEM_POD);

        var budget = Sample.budget("web", 0);
        budget.getMetadata().setNamespace("kube-system");
        assertThat(rules().of(pod(system), Sample.OWNERS, new RemainingBudgets(List.of(budget)), Sample.NOW))
                .isInstanceOf(Eviction.Moved.class);
        assertThat(rules().of(pod(system), Sample.OWNERS, NO_BUDGETS, Sample.NOW.plusSeconds(3600)))
                .isInstanceOf(Eviction.Moved.class);
    }

    @Test
    void budgetsAreSpentByWhatIsPlanned() {
        var budgets = new RemainingBudgets(List.of(Sample.budget("web", 1), Sample.budget("db", 0)));
        Pod one = Sample.running("web", 1, 100, 100, "n");
        Pod two = Sample.running("web", 2, 100, 100, "n");

        assertThat(budgets.protectedOf(List.of(one, two))).isPresent();
        assertThat(budgets.protectedOf(List.of(one))).isEmpty();
        budgets.spend(List.of(one));
        assertThat(budgets.protectedOf(List.of(two))).contains(two);
        assertThat(budgets.protectedOf(List.of(Sample.running("other", 1, 1, 1, "n"))))
                .isEmpty();
    }

    private static EvictionRules rules() {
        return new EvictionRules(DrainOptions.DEFAULT);
    }

    private static EvictionRules with(String flag) {
        return new EvictionRules(AutoscalerFlags.parse(List.of(flag)).down().drain());
    }

    private static Eviction of(Pod pod) {
        return rules().of(pod, Sample.OWNERS, NO_BUDGETS, Sample.NOW);
    }

    private static void isRefused(Pod pod, Obstacle obstacle) {
        assertThat(of(pod))
                .isInstanceOfSatisfying(
                        Eviction.Refused.class,
                        refused -> assertThat(refused.obstacle()).isEqualTo(obstacle));
    }

    private static Pod pod(UnaryOperator<PodBuilder> change) {
        return change.apply(new PodBuilder(Sample.running("web", 0, 100, 100, "n")))
                .build();
    }

    private static PodBuilder owned(PodBuilder pod, String kind) {
        return pod.editMetadata()
                .withOwnerReferences(Sample.owner(kind, "some"))
                .endMetadata();
    }

    private static PodBuilder annotated(PodBuilder pod, String key, String value) {
        return pod.editMetadata().addToAnnotations(key, value).endMetadata();
    }

    private static PodBuilder withScratch(PodBuilder pod) {
        return pod.editSpec()
                .addNewVolume()
                .withName("scratch")
                .withNewEmptyDir()
                .endEmptyDir()
                .endVolume()
                .endSpec();
    }
}
