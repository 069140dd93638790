package dev.longshore.controllers;

import static dev.longshore.controllers.JobSamples.NOW;
import static dev.longshore.controllers.JobSamples.deleted;
import static dev.longshore.controllers.JobSamples.ended;
import static dev.longshore.controllers.JobSamples.indexed;
import static dev.longshore.controllers.JobSamples.job;
import static dev.longshore.controllers.JobSamples.plan;
import static dev.longshore.controllers.JobSamples.pod;
import static dev.longshore.controllers.JobSamples.released;
import static dev.longshore.controllers.JobSamples.types;
import static dev.longshore.controllers.JobSamples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.controllers.JobSamples.Told;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobPlanTest {

    @Test
    void aNewJobStartsItsPods() {
        Told plan = plan(job(3, 2).build());

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
        assertThat(JobPlan.of(job(1, 1).build(), List.of(), false, JobBackoff.NONE, NOW)
                        .step())
                .isEqualTo(new JobPlan.Step.Nothing());
    }

    @Test
    void aSuccessIsNotedThenReleasedThenCounted() {
        Job job = job(2, 1).build();
        Pod ended = pod("a", "Succeeded");

        Told noted = plan(job, ended);
        assertThat(noted.status().getUncountedTerminatedPods().getSucceeded()).containsExactly("uid-a");
        assertThat(noted.status().getSucceeded()).isNull();
        assertThat(noted.release()).containsExactly(ended);

        Told again = plan(with(job, noted.status()), ended);
        assertThat(again.status()).isEqualTo(noted.status());
        assertThat(again.release()).containsExactly(ended);

        Told counted = plan(with(job, noted.status()), released(ended));
        assertThat(counted.status().getUncountedTerminatedPods().getSucceeded()).isEmpty();
        assertThat(counted.status().getSucceeded()).isEqualTo(1);

        assertThat(plan(with(job, counted.status()), released(ended)).status()).isEqualTo(counted.status());
    }

    @Test
    void aPodThatVanishesAfterItWasNotedStillCounts() {
        Job job = job(2, 1).build();
        Told noted = plan(job, pod("a", "Succeeded"));

        assertThat(plan(with(job, noted.status())).status().getSucceeded()).isEqualTo(1);
    }

    @Test
    void isCompleteWhenEnoughPodsSucceededAndAreCounted() {
        Job job = job(1, 1).build();
        Told noted = plan(job, pod("a", "Succeeded"));
        assertThat(types(noted.status())).containsExactly("SuccessCriteriaMet");

        Told counted = plan(with(job, noted.status()), released(pod("a", "Succeeded")));

        assertThat(types(counted.status())).containsExactly("SuccessCriteriaMet", "Complete");
        assertThat(counted.status().getCompletionTime()).isEqualTo("2026-01-01T01:00:00Z");
        assertThat(plan(with(job, counted.status())).create()).isEmpty();
    }

    @Test
    void startsNoMoreThanAreStillNeeded() {
        Told plan = plan(job(3, 3).build(), pod("a", "Succeeded"), pod("b", "Running"));

        assertThat(plan.create()).hasSize(1);
    }

    @Test
    void withoutCompletionsTheFirstSuccessEndsTheCreationAndTheLastPodTheJob() {
        Job queue = job(null, 3).build();

        assertThat(plan(queue).create()).hasSize(3);
        Told first = plan(queue, pod("a", "Succeeded"), pod("b", "Running"));
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

        Told plan = plan(job, one, two, running);

        assertThat(types(plan.status())).containsExactly("FailureTarget");
        assertThat(plan.status().getConditions().getFirst().getReason()).isEqualTo("BackoffLimitExceeded");
        assertThat(plan.delete()).containsExactly(running);
        Told last = plan(with(job, plan.status()), released(one), released(two));
        assertThat(types(last.status())).containsExactly("FailureTarget", "Failed");
        assertThat(last.status().getFailed())
                .as("the one that was stopped, too")
                .isEqualTo(3);
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
        Told late = plan(JobBackoff.NONE, NOW.plusSeconds(10), job, pod("a", "Running"));
        assertThat(late.status().getConditions().getFirst().getReason()).isEqualTo("DeadlineExceeded");
        assertThat(late.delete()).hasSize(1);
    }

    @Test
    void suspendingTakesPodsBackWithoutCountingThem() {
        Job job = with(
                job(1, 1).editSpec().withSuspend(true).endSpec().build(),
                plan(job(1, 1).build()).status());
        Pod running = pod("a", "Running");

        Told plan = plan(job, running);

        assertThat(plan.plan().step()).isEqualTo(new JobPlan.Step.Withdraw(List.of(running)));
        assertThat(plan.status().getStartTime()).isNull();
        assertThat(plan.status().getActive()).isNull();
        assertThat(plan.status().getTerminating()).isEqualTo(1);
        assertThat(types(plan.status())).containsExactly("Suspended");
        assertThat(plan(job, deleted(released(running)))
                        .status()
                        .getUncountedTerminatedPods()
                        .getFailed())
                .isEmpty();
    }

    @Test
    void aPodDeletedByOthersIsAFailure() {
        Told plan = plan(job(1, 1).build(), deleted(pod("a", "Running")));

        assertThat(plan.status().getUncountedTerminatedPods().getFailed()).containsExactly("uid-a");
        assertThat(plan.create()).isEmpty();
        assertThat(plan.again()).contains(Duration.ofSeconds(10));
    }

    @Test
    void lessParallelismTakesPodsBack() {
        Told plan = plan(job(5, 1).build(), pod("a", "Running"), pod("b", "Pending"));

        assertThat(plan.delete()).extracting(pod -> pod.getMetadata().getName()).containsExactly("b");
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

        Told plan = plan(job, indexed("a", "Succeeded", 1), indexed("b", "Running", 2));

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
        Told ignored = plan(job, disrupted);
        assertThat(ignored.status().getUncountedTerminatedPods().getFailed()).isEmpty();
        assertThat(ignored.release()).containsExactly(disrupted);
        assertThat(ignored.again()).as("it waits all the same").contains(Duration.ofSeconds(10));
        assertThat(plan(JobBackoff.NONE, NOW.plusSeconds(10), job, disrupted).create())
                .hasSize(1);
    }

    @Test
    void whatIsMadeCountsAsActiveInTheSameWrite() {
        assertThat(plan(job(3, 2).build()).status().getActive()).isEqualTo(2);
    }

    @Test
    void asLongAsAPodCannotBeTakenAwayNothingIsDecided() {
        Job job = job(2, 2).editSpec().withBackoffLimit(0).endSpec().build();
        List<Pod> pods = List.of(ended("a", "Failed", 1, NOW), pod("b", "Running"));
        JobPlan plan = JobPlan.of(job, pods, true, JobBackoff.NONE, NOW);

        JobTracking refused = JobTracking.of(job, pods, plan, JobTracking.Done.NOTHING, true, NOW);

        assertThat(types(refused.status())).isEmpty();
        assertThat(refused.status().getUncountedTerminatedPods().getFailed()).containsExactly("uid-a");
    }

    @Test
    void ofPodsThatASuccessMakesSuperfluousNoneCountsAsFailed() {
        Job job = job(5, 2)
                .editSpec()
                .withCompletionMode("Indexed")
                .withNewSuccessPolicy()
                .addNewRule()
                .withSucceededCount(1)
                .endRule()
                .endSuccessPolicy()
                .endSpec()
                .build();
        Pod running = indexed("b", "Running", 2);

        Told plan = plan(job, indexed("a", "Succeeded", 1), running);

        assertThat(plan.release()).contains(running);
        assertThat(plan.status().getUncountedTerminatedPods().getFailed()).isEmpty();
        assertThat(types(plan.status())).as("first how, then that it is over").containsExactly("SuccessCriteriaMet");
        assertThat(types(plan(with(job, plan.status())).status())).containsExactly("SuccessCriteriaMet", "Complete");
    }

    @Test
    void aPolicyThatReplacesFailedPodsOnlyWaitsForThoseThatAreEnding() {
        Job job = job(1, 1)
                .editSpec()
                .withPodReplacementPolicy("Failed")
                .endSpec()
                .build();

        Told waits = plan(job, deleted(pod("a", "Running")));

        assertThat(waits.create()).isEmpty();
        assertThat(waits.status().getTerminating()).isEqualTo(1);
        assertThat(waits.status().getUncountedTerminatedPods().getFailed()).isEmpty();
        assertThat(plan(job, deleted(ended("a", "Failed", 1, NOW.minusSeconds(60))))
                        .create())
                .hasSize(1);
    }

    @Test
    void resumingStartsTheClockAnew() {
        Job suspended = job(1, 1).editSpec().withSuspend(true).endSpec().build();
        Told halted = plan(suspended);
        Job resumed = new JobBuilder(with(suspended, halted.status()))
                .editSpec()
                .withSuspend(false)
                .endSpec()
                .build();

        Told again = plan(JobBackoff.NONE, NOW.plusSeconds(60), resumed);

        assertThat(halted.status().getStartTime()).isNull();
        assertThat(again.status().getStartTime()).isEqualTo("2026-01-01T01:01:00Z");
        assertThat(again.status().getConditions()).singleElement().satisfies(condition -> {
            assertThat(condition.getStatus()).isEqualTo("False");
            assertThat(condition.getReason()).isEqualTo("JobResumed");
        });
    }

    @Test
    void aSuccessEndsTheBackoffAndLaterFailuresBeginItAnew() {
        var before = new JobBackoff(4, NOW.minusSeconds(100));
        Pod succeeded = ended("s", "Succeeded", 0, NOW.minusSeconds(50));

        assertThat(before.after(List.of(succeeded), List.of())).isEqualTo(JobBackoff.NONE);
        assertThat(before.after(
                        List.of(succeeded),
                        List.of(ended("a", "Failed", 1, NOW.minusSeconds(60)), ended("b", "Failed", 1, NOW))))
                .isEqualTo(new JobBackoff(1, NOW));
        assertThat(before.after(List.of(), List.of(ended("a", "Failed", 1, NOW)))
                        .remaining(NOW))
                .isEqualTo(Duration.ofSeconds(160));
        assertThat(new JobBackoff(40, NOW).remaining(NOW)).isEqualTo(Duration.ofMinutes(10));
    }

    @Test
    void timeToLiveBeginsWithTheEnd() {
        Job job = job(1, 1).editSpec().withTtlSecondsAfterFinished(30).endSpec().build();
        Told noted = plan(job, pod("a", "Succeeded"));
        Told counted = plan(with(job, noted.status()));

        assertThat(TtlAfterFinishedController.expiry(with(job, noted.status()))).isEmpty();
        assertThat(TtlAfterFinishedController.expiry(with(job, counted.status())))
                .contains(NOW.plusSeconds(30));
    }
}
