package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StatefulPlanTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
    private static final String OLD = "db-old";
    private static final String NEW = "db-new";

    @Test
    void podsComeOneAfterTheOther() {
        assertThat(plan(set(3).build()).create()).isEqualTo(Map.of(0, NEW));
        assertThat(plan(set(3).build(), pod(0, NEW, false)).create()).isEmpty();
        assertThat(plan(set(3).build(), pod(0, NEW, true)).create()).isEqualTo(Map.of(1, NEW));
    }

    @Test
    void inParallelTheyComeTogether() {
        assertThat(plan(parallel(3)).create()).containsOnlyKeys(0, 1, 2);
    }

    @Test
    void theyGoFromTheHighestOrdinalOneByOne() {
        Pod third = pod(2, NEW, true);

        Told plan = plan(set(1).build(), pod(0, NEW, true), pod(1, NEW, true), third);

        assertThat(plan.delete()).containsExactly(third);
        assertThat(plan.condemned()).hasSize(2);
        assertThat(plan(set(1).build(), pod(0, NEW, true), pod(1, NEW, true), deleted(third))
                        .delete())
                .isEmpty();
    }

    @Test
    void nothingGoesWhileOneThatStaysIsNotAvailable() {
        assertThat(plan(set(1).build(), pod(0, NEW, false), pod(1, NEW, true)).delete())
                .isEmpty();
    }

    @Test
    void inParallelTheyGoTogether() {
        assertThat(plan(parallel(0), pod(0, NEW, true), pod(1, NEW, true)).delete())
                .hasSize(2);
    }

    @Test
    void anUpdateStartsAtTheHighestOrdinalAndWaitsForEach() {
        Pod zero = pod(0, OLD, true);
        Pod one = pod(1, OLD, true);

        assertThat(update(set(2).build(), zero, one).delete()).containsExactly(one);
        assertThat(update(set(2).build(), zero, deleted(one)).delete()).isEmpty();
        assertThat(update(set(2).build(), zero, pod(1, NEW, false)).delete()).isEmpty();
        assertThat(update(set(2).build(), zero, pod(1, NEW, true)).delete()).containsExactly(zero);
    }

    @Test
    void aPodThatVanishesDuringAnUpdateComesBackAsItsOrdinalSays() {
        StatefulSet halfway =
                set(3).withNewStatus().withCurrentReplicas(2).endStatus().build();

        assertThat(update(halfway, pod(0, OLD, true), pod(1, OLD, true)).create())
                .isEqualTo(Map.of(2, NEW));
        assertThat(update(halfway, pod(1, OLD, true), pod(2, NEW, true)).create())
                .isEqualTo(Map.of(0, OLD));
    }

    @Test
    void aPartitionKeepsTheLowerOrdinals() {
        StatefulSet set = set(3).editSpec()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withPartition(2)
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build();

        assertThat(update(set, pod(0, OLD, true), pod(1, OLD, true), pod(2, NEW, true))
                        .delete())
                .isEmpty();
        assertThat(update(set, pod(0, OLD, true), pod(2, NEW, true)).create()).isEqualTo(Map.of(1, OLD));
    }

    @Test
    void onDeleteUpdatesOnlyWhatOthersDelete() {
        StatefulSet set = set(2).editSpec()
                .withNewUpdateStrategy()
                .withType("OnDelete")
                .endUpdateStrategy()
                .endSpec()
                .build();

        assertThat(update(set, pod(0, OLD, true), pod(1, OLD, true)).delete()).isEmpty();
        assertThat(update(set, pod(0, OLD, true)).create()).isEqualTo(Map.of(1, NEW));
    }

    @Test
    void endedPodsMakeRoomForNewOnes() {
        Pod ended = new PodBuilder(pod(0, NEW, false))
                .editStatus()
                .withPhase("Failed")
                .endStatus()
                .build();

        assertThat(plan(set(1).build(), ended).delete()).containsExactly(ended);
    }

    @Test
    void countsInItsStatus() {
        var halfway =
                update(set(2).build(), pod(0, OLD, true), pod(1, NEW, true)).status();
        assertThat(halfway.getReplicas()).isEqualTo(2);
        assertThat(halfway.getCurrentReplicas()).as("the last old one is going").isNull();
        assertThat(halfway.getUpdatedReplicas()).isEqualTo(1);
        assertThat(halfway.getCurrentRevision()).isEqualTo(OLD);
        assertThat(halfway.getUpdateRevision()).isEqualTo(NEW);

        var done = update(set(2).build(), pod(0, NEW, true), pod(1, NEW, true)).status();
        assertThat(done.getCurrentRevision()).isEqualTo(NEW);
        assertThat(done.getCurrentReplicas()).isEqualTo(2);
        assertThat(done.getAvailableReplicas()).isEqualTo(2);
    }

    @Test
    void whatIsTakenAwayForAnUpdateNoLongerCountsAsCurrent() {
        var status =
                update(set(2).build(), pod(0, OLD, true), pod(1, OLD, true)).status();

        assertThat(status.getCurrentReplicas()).isEqualTo(1);
        assertThat(status.getReplicas()).isEqualTo(2);
    }

    @Test
    void asManyAreUpdatedAtOnceAsMayBeUnavailable() {
        StatefulSet set = set(4).editSpec()
                .withNewUpdateStrategy()
                .withType("RollingUpdate")
                .withNewRollingUpdate()
                .withPartition(1)
                .withMaxUnavailable(new IntOrString("50%"))
                .endRollingUpdate()
                .endUpdateStrategy()
                .endSpec()
                .build();
        Pod zero = pod(0, OLD, true);
        Pod one = pod(1, OLD, true);
        Pod two = pod(2, OLD, true);
        Pod three = pod(3, OLD, true);

        assertThat(update(set, zero, one, two, three).delete()).containsExactly(three, two);
        assertThat(update(set, zero, one, two, pod(3, NEW, true)).delete()).containsExactly(two, one);
        assertThat(update(set, zero, one, pod(2, NEW, true), pod(3, NEW, true)).delete())
                .as("below the partition nothing is touched")
                .containsExactly(one);
        StatefulSet parallel = new StatefulSetBuilder(set)
                .editSpec()
                .withPodManagementPolicy("Parallel")
                .endSpec()
                .build();
        assertThat(update(parallel, zero, one, two, pod(3, NEW, false)).delete())
                .as("one is unavailable already")
                .containsExactly(two);
    }

    @Test
    void inParallelAnUpdateGoesOnBesideWhatIsMissing() {
        StatefulSet set = new StatefulSetBuilder(parallel(3)).build();
        Pod two = pod(2, OLD, true);

        Told plan = update(set, pod(0, OLD, true), two);

        assertThat(plan.create()).isEqualTo(Map.of(1, NEW));
        assertThat(plan.delete()).containsExactly(two);
    }

    @Test
    void aBrokenPodStaysBrokenThoughItsTemplateIsRolledBackUntilSomebodyDeletesIt() {
        Pod broken = pod(0, "broken", false);

        assertThat(update(set(1).build(), broken).delete()).isEmpty();
        assertThat(update(set(1).build()).create()).isEqualTo(Map.of(0, NEW));
    }

    @Test
    void ofSeveralBrokenPodsThatAreTooMuchTheLowestIsWaitedFor() {
        Pod zero = pod(0, NEW, true);
        Pod one = pod(1, NEW, false);
        Pod two = pod(2, NEW, false);

        assertThat(plan(set(1).build(), zero, pod(1, NEW, true), two).delete()).containsExactly(two);
        assertThat(plan(set(1).build(), zero, one, two).delete()).isEmpty();
    }

    @Test
    void aPodWithoutItsLabelsIsRepairedWhenItsTurnComes() {
        Pod plain = pod(0, NEW, true);

        assertThat(StatefulPods.hasIdentity(plain)).isFalse();
        assertThat(StatefulPods.hasIdentity(StatefulPods.repaired(set(1).build(), plain)))
                .isTrue();
        assertThat(plan(set(1).build(), plain).plan().fill())
                .containsExactly(new StatefulPlan.Step.Tend(plain, false, true));
    }

    @Test
    void ordinalsMayStartElsewhere() {
        StatefulSet set = set(2).editSpec().withNewOrdinals(5).endSpec().build();

        assertThat(plan(set).create()).isEqualTo(Map.of(5, NEW));
        assertThat(plan(set, pod(0, NEW, true), pod(5, NEW, true), pod(6, NEW, true))
                        .delete())
                .extracting(pod -> pod.getMetadata().getName())
                .containsExactly("db-0");
    }

    @Test
    void aPodKeepsItsNameAndItsClaims() {
        StatefulSet set = set(1).editSpec()
                .addNewVolumeClaimTemplate()
                .withNewMetadata()
                .withName("data")
                .endMetadata()
                .endVolumeClaimTemplate()
                .endSpec()
                .build();

        Pod pod = StatefulPods.pod(set, set.getSpec().getTemplate(), NEW, 3);

        assertThat(pod.getMetadata().getName()).isEqualTo("db-3");
        assertThat(pod.getMetadata().getGenerateName()).isEqualTo("db-");
        assertThat(pod.getSpec().getHostname()).isEqualTo("db-3");
        assertThat(pod.getSpec().getSubdomain()).isEqualTo("peers");
        assertThat(pod.getMetadata().getLabels())
                .containsEntry("statefulset.kubernetes.io/pod-name", "db-3")
                .containsEntry("apps.kubernetes.io/pod-index", "3")
                .containsEntry("controller-revision-hash", NEW);
        assertThat(pod.getSpec().getVolumes())
                .singleElement()
                .satisfies(
                        volume -> assertThat(volume.getPersistentVolumeClaim().getClaimName())
                                .isEqualTo("data-db-3"));
        assertThat(StatefulPods.claims(set, "db-3"))
                .singleElement()
                .satisfies(claim -> assertThat(claim.getMetadata().getName()).isEqualTo("data-db-3"));
        assertThat(StatefulPods.ordinal(set, pod)).hasValue(3);
    }

    @Test
    void aRevisionKeepsTheTemplate() {
        var template = set(1).build().getSpec().getTemplate();
        var revision = new ControllerRevisionBuilder()
                .withData(TemplateRevisions.data(template))
                .build();

        assertThat(TemplateRevisions.template(revision)).isEqualTo(template);
        assertThat(TemplateRevisions.data(template).toString()).contains("$patch=replace");
    }

    /// A plan in short.
    private record Told(StatefulPlan plan) {
        Map<Integer, String> create() {
            return plan.fill().stream()
                    .filter(StatefulPlan.Step.Create.class::isInstance)
                    .map(StatefulPlan.Step.Create.class::cast)
                    .collect(Collectors.toMap(StatefulPlan.Step.Create::ordinal, StatefulPlan.Step.Create::revision));
        }

        List<Pod> delete() {
            return Stream.of(
                            plan.fill().stream()
                                    .filter(StatefulPlan.Step.Remove.class::isInstance)
                                    .map(step -> ((StatefulPlan.Step.Remove) step).pod()),
                            plan.withdraw().stream(),
                            plan.update().stream())
                    .flatMap(pods -> pods)
                    .toList();
        }

        List<Pod> condemned() {
            return plan.condemned();
        }

        StatefulSetStatus status() {
            return plan.status();
        }
    }

    private static Told plan(StatefulSet set, Pod... pods) {
        return new Told(StatefulPlan.of(set, List.of(pods), NEW, NEW, 0, NOW));
    }

    private static Told update(StatefulSet set, Pod... pods) {
        return new Told(StatefulPlan.of(set, List.of(pods), OLD, NEW, 0, NOW));
    }

    private static StatefulSet parallel(int replicas) {
        return set(replicas)
                .editSpec()
                .withPodManagementPolicy("Parallel")
                .endSpec()
                .build();
    }

    private static StatefulSetBuilder set(int replicas) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("db")
                .withUid("uid-db")
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withServiceName("peers")
                .withNewSelector()
                .addToMatchLabels("app", "db")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("app", "db"))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("main")
                .withImage("db:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
    }

    private static Pod pod(int ordinal, String revision, boolean isReady) {
        String name = "db-" + ordinal;
        Pod pod = isReady
                ? Samples.ready(name, "10.0.0.1")
                : Samples.pod(name, "10.0.0.1").build();
        return new PodBuilder(pod)
                .editMetadata()
                .addToLabels(TemplateRevisions.LABEL, revision)
                .endMetadata()
                .build();
    }

    private static Pod deleted(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp(NOW.toString())
                .endMetadata()
                .build();
    }
}
