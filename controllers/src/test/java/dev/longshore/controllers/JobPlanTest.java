package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobPlanTest {

    private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    @Test
    void aNewJobStartsItsPods() {
        JobPlan plan = plan(job(3, 2).build());

        assertThat(plan.create()).hasSize(2).allSatisfy(pod -> {
            assertThat(pod.getMetadata().getFinalizers()).containsExactly(JobPods.FINALIZER);
            assertThat(pod.getMetadata().getGenerateName()).isEqualTo("work-");
            assertThat(pod.getMetadata().getOwnerReferences().getFirst().getController())
                    .isTrue();
        });
        assertThat(plan.status().getStartTime()).isEqualTo("2026-01-01T01:00:00Z");
    }

    @Test
    void doesNothingToPodsBeforeItsOwnDoingsAreSeen() {
        assertThat(JobPlan.of(job(1, 1).build(), List.of(), false, NOW).create())
                .isEmpty();
    }

    @Test
    void aSuccessIsNotedThenReleasedThenCounted() {
        Job job = job(2, 1).build();
        Pod ended = pod("a", "Succeeded");

        JobPlan noted = plan(job, ended);
        assertThat(noted.status().getUncountedTerminatedPods().getSucceeded()).containsExactly("uid-a");
        assertThat(noted.status().getSucceeded()).isNull();
        assertThat(noted.release()).containsExactly(ended);

        JobPlan again = plan(with(job, noted.status()), ended);
        assertThat(again.status()).isEqualTo(noted.status());
        assertThat(again.release()).containsExactly(ended);

        JobPlan counted = plan(with(job, noted.status()), released(ended));
        assertThat(counted.status().getUncountedTerminatedPods().getSucceeded()).isEmpty();
        assertThat(counted.status().getSucceeded()).isEqualTo(1);

        assertThat(plan(with(job, counted.status()), released(ended)).status()).isEqualTo(counted.status());
    }

    @Test
    void aPodThatVanishesAfterItWasNotedStillCounts() {
        Job job = job(2, 1).build();
        JobPlan noted = plan(job, pod("a", "Succeeded"));

        assertThat(plan(with(job, noted.status())).status().getSucceeded()).isEqualTo(1);
    }

    @Test
    void isCompleteWhenEnoughPodsSucceededAndAreCounted() {
        Job job = job(1, 1).build();
        JobPlan noted = plan(job, pod("a", "Succeeded"));
        assertThat(types(noted.status())).containsExactly("SuccessCriteriaMet");

        JobPlan counted = plan(with(job, noted.status()), released(pod("a", "Succeeded")));

        assertThat(types(counted.status())).containsExactly("SuccessCriteriaMet", "Complete");
        assertThat(counted.status().getCompletionTime()).isEqualTo("2026-01-01T01:00:00Z");
        assertThat(plan(with(job, counted.status())).create()).isEmpty();
    }

    @Test
    void startsNoMoreThanAreStillNeeded() {
        JobPlan plan = plan(job(3, 3).build(), pod("a", "Succeeded"), pod("b", "Running"));

        assertThat(plan.create()).hasSize(1);
    }

    @Test
    void withoutCompletionsTheFirstSuccessEndsTheCreationAndTheLastPodTheJob() {
        Job queue = job(null, 3).build();

        assertThat(plan(queue).create()).hasSize(3);
        JobPlan first = plan(queue, pod("a", "Succeeded"), pod("b", "Running"));
        assertThat(first.create()).isEmpty();
        assertThat(first.delete()).isEmpty();
        assertThat(types(first.status())).isEmpty();
        assertThat(types(plan(queue, pod("a", "Succeeded"), pod("b", "Succeeded"))
                        .status()))
                .containsExactly("SuccessCriteriaMet");
    }

    @Test
    void waitsLongerAfterEachFailure() {
        Job job = job(1, 1).build();
        Pod justFailed = ended("a", "Failed", 1, NOW.minusSeconds(4));
        Pod before = ended("b", "Failed", 1, NOW.minusSeconds(60));

        assertThat(plan(job, justFailed).create()).isEmpty();
        assertThat(plan(job, justFailed).again()).contains(Duration.ofSeconds(6));
        assertThat(plan(job, justFailed, before).again()).contains(Duration.ofSeconds(16));
        assertThat(plan(job, before).create()).hasSize(1);
    }

    @Test
    void failsBeyondTheBackoffLimitOnceNoPodIsLeft() {
        Job job = job(2, 2).editSpec().withBackoffLimit(1).endSpec().build();
        Pod one = ended("a", "Failed", 1, NOW);
        Pod two = ended("b", "Failed", 1, NOW);
        Pod running = pod("c", "Running");

        JobPlan plan = plan(job, one, two, running);

        assertThat(types(plan.status())).containsExactly("FailureTarget");
        assertThat(plan.status().getConditions().getFirst().getReason()).isEqualTo("BackoffLimitExceeded");
        assertThat(plan.delete()).containsExactly(running);
        JobPlan last = plan(with(job, plan.status()), released(one), released(two));
        assertThat(types(last.status())).containsExactly("FailureTarget", "Failed");
        assertThat(last.status().getFailed()).isEqualTo(2);
        assertThat(last.status().getCompletionTime()).isNull();
    }

    @Test
    void restartsInPlaceCountAgainstTheLimit() {
        Job job = job(1, 1)
                .editSpec()
                .withBackoffLimit(3)
                .editTemplate()
                .editSpec()
                .withRestartPolicy("OnFailure")
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
        Pod restarting = new PodBuilder(pod("a", "Running"))
                .editStatus()
                .addNewContainerStatus()
                .withName("main")
                .withRestartCount(3)
                .endContainerStatus()
                .endStatus()
                .build();

        assertThat(types(plan(job, restarting).status())).containsExactly("FailureTarget");
    }

    @Test
    void failsWhenItTakesTooLong() {
        Job job = job(1, 1)
                .editSpec()
                .withActiveDeadlineSeconds(60L)
                .endSpec()
                .withNewStatus()
                .withStartTime(NOW.minusSeconds(50).toString())
                .endStatus()
                .build();

        assertThat(plan(job, pod("a", "Running")).again()).contains(Duration.ofSeconds(10));
        JobPlan late = JobPlan.of(job, List.of(pod("a", "Running")), true, NOW.plusSeconds(10));
        assertThat(late.status().getConditions().getFirst().getReason()).isEqualTo("DeadlineExceeded");
        assertThat(late.delete()).hasSize(1);
    }

    @Test
    void suspendingTakesPodsBackWithoutCountingThem() {
        Job job = with(
                job(1, 1).editSpec().withSuspend(true).endSpec().build(),
                plan(job(1, 1).build()).status());
        Pod running = pod("a", "Running");

        JobPlan plan = plan(job, running);

        assertThat(plan.release()).containsExactly(running);
        assertThat(plan.delete()).containsExactly(running);
        assertThat(plan.status().getStartTime()).isNull();
        assertThat(types(plan.status())).containsExactly("Suspended");
        assertThat(plan(job, deleted(released(running)))
                        .status()
                        .getUncountedTerminatedPods()
                        .getFailed())
                .isEmpty();
    }

    @Test
    void aPodDeletedByOthersIsAFailure() {
        JobPlan plan = plan(job(1, 1).build(), deleted(pod("a", "Running")));

        assertThat(plan.status().getUncountedTerminatedPods().getFailed()).containsExactly("uid-a");
        assertThat(plan.create()).hasSize(1);
    }

    @Test
    void lessParallelismTakesPodsBack() {
        JobPlan plan = plan(job(5, 1).build(), pod("a", "Running"), pod("b", "Pending"));

        assertThat(plan.delete()).extracting(pod -> pod.getMetadata().getName()).containsExactly("b");
    }

    @Test
    void indexedPodsTakeTheLowestFreeIndexes() {
        Job job = job(5, 3).editSpec().withCompletionMode("Indexed").endSpec().build();
        Job going = with(job, completed(job, "0"));

        JobPlan plan = plan(going, indexed("a", "Running", 2));

        assertThat(plan.create()).extracting(pod -> pod.getSpec().getHostname()).containsExactly("work-1", "work-3");
        assertThat(plan.create().getFirst().getMetadata().getLabels())
                .containsEntry("batch.kubernetes.io/job-completion-index", "1");
        assertThat(plan.create().getFirst().getSpec().getContainers().getFirst().getEnv())
                .extracting(variable -> variable.getName())
                .containsExactly("JOB_COMPLETION_INDEX");
    }

    @Test
    void indexesCountOnceHoweverManyPodsSucceed() {
        Job job = job(3, 3).editSpec().withCompletionMode("Indexed").endSpec().build();

        JobStatus status = plan(
                        job, indexed("a", "Succeeded", 1), indexed("b", "Succeeded", 1), indexed("c", "Succeeded", 7))
                .status();

        assertThat(status.getCompletedIndexes()).isEqualTo("1");
        assertThat(status.getSucceeded()).isEqualTo(1);
    }

    @Test
    void aSuccessPolicyEndsTheJobEarly() {
        Job job = job(5, 5)
                .editSpec()
                .withCompletionMode("Indexed")
                .withNewSuccessPolicy()
                .addNewRule()
                .withSucceededIndexes("0-1")
                .withSucceededCount(1)
                .endRule()
                .endSuccessPolicy()
                .endSpec()
                .build();

        JobPlan plan = plan(job, indexed("a", "Succeeded", 1), indexed("b", "Running", 2));

        assertThat(plan.status().getConditions().getFirst().getReason()).isEqualTo("SuccessPolicy");
        assertThat(plan.delete()).hasSize(1);
    }

    @Test
    void aFailurePolicyMayIgnoreAPodOrFailTheJob() {
        Job job = job(1, 1)
                .editSpec()
                .withNewPodFailurePolicy()
                .addNewRule()
                .withAction("FailJob")
                .withNewOnExitCodes()
                .withOperator("In")
                .withValues(42)
                .endOnExitCodes()
                .endRule()
                .addNewRule()
                .withAction("Ignore")
                .addNewOnPodCondition("True", "DisruptionTarget")
                .endRule()
                .endPodFailurePolicy()
                .endSpec()
                .build();
        Pod disrupted = new PodBuilder(ended("b", "Failed", 137, NOW))
                .editStatus()
                .addNewCondition()
                .withType("DisruptionTarget")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();

        JobCondition failure = plan(job, ended("a", "Failed", 42, NOW))
                .status()
                .getConditions()
                .getFirst();
        assertThat(failure.getReason()).isEqualTo("PodFailurePolicy");
        assertThat(failure.getMessage())
                .isEqualTo(
                        "Container main for pod default/a failed with exit code 42 matching FailJob rule at index 0");
        JobPlan ignored = plan(job, disrupted);
        assertThat(ignored.status().getUncountedTerminatedPods().getFailed()).isEmpty();
        assertThat(ignored.release()).containsExactly(disrupted);
        assertThat(ignored.create()).hasSize(1);
    }

    @Test
    void timeToLiveBeginsWithTheEnd() {
        Job job = job(1, 1).editSpec().withTtlSecondsAfterFinished(30).endSpec().build();
        JobPlan noted = plan(job, pod("a", "Succeeded"));
        JobPlan counted = plan(with(job, noted.status()));

        assertThat(TtlAfterFinishedController.expiry(with(job, noted.status()))).isEmpty();
        assertThat(TtlAfterFinishedController.expiry(with(job, counted.status())))
                .contains(NOW.plusSeconds(30));
    }

    private static JobPlan plan(Job job, Pod... pods) {
        return JobPlan.of(job, List.of(pods), true, NOW);
    }

    private static JobStatus completed(Job job, String indexes) {
        JobStatus status = plan(job).status();
        status.setCompletedIndexes(indexes);
        return status;
    }

    private static List<String> types(JobStatus status) {
        return status.getConditions().stream().map(JobCondition::getType).toList();
    }

    private static Job with(Job job, JobStatus status) {
        return new JobBuilder(job).withStatus(status).build();
    }

    private static JobBuilder job(Integer completions, int parallelism) {
        return new JobBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("work")
                .withUid("uid-work")
                .endMetadata()
                .withNewSpec()
                .withCompletions(completions)
                .withParallelism(parallelism)
                .withBackoffLimit(6)
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(Map.of("job-name", "work"))
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .addNewContainer()
                .withName("main")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec();
    }

    private static Pod pod(String name, String phase) {
        return Samples.pod(name, "10.0.0.1")
                .editMetadata()
                .addToFinalizers(JobPods.FINALIZER)
                .endMetadata()
                .editStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    private static Pod ended(String name, String phase, int exitCode, Instant when) {
        return new PodBuilder(pod(name, phase))
                .editStatus()
                .addNewContainerStatus()
                .withName("main")
                .withNewState()
                .withNewTerminated()
                .withExitCode(exitCode)
                .withFinishedAt(when.toString())
                .endTerminated()
                .endState()
                .endContainerStatus()
                .endStatus()
                .build();
    }

    private static Pod indexed(String name, String phase, int index) {
        return new PodBuilder(pod(name, phase))
                .editMetadata()
                .addToAnnotations("batch.kubernetes.io/job-completion-index", String.valueOf(index))
                .endMetadata()
                .build();
    }

    private static Pod released(Pod pod) {
        return new PodBuilder(pod).editMetadata().withFinalizers().endMetadata().build();
    }

    private static Pod deleted(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp(NOW.toString())
                .endMetadata()
                .build();
    }
}
