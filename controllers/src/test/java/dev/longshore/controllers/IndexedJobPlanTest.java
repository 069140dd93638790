package dev.longshore.controllers;

import static dev.longshore.controllers.JobSamples.NOW;
import static dev.longshore.controllers.JobSamples.byIndex;
import static dev.longshore.controllers.JobSamples.completed;
import static dev.longshore.controllers.JobSamples.ended;
import static dev.longshore.controllers.JobSamples.failedAt;
import static dev.longshore.controllers.JobSamples.indexed;
import static dev.longshore.controllers.JobSamples.job;
import static dev.longshore.controllers.JobSamples.plan;
import static dev.longshore.controllers.JobSamples.types;
import static dev.longshore.controllers.JobSamples.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.controllers.JobSamples.Told;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Jobs whose pods have numbers.
class IndexedJobPlanTest {

    @Test
    void indexedPodsTakeTheLowestFreeIndexes() {
        Job job = job(5, 3).editSpec().withCompletionMode("Indexed").endSpec().build();
        Job going = with(job, completed(job, "0"));

        Told plan = plan(going, indexed("a", "Running", 2));

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
    void anIndexFailsByItselfAfterSoManyFailures() {
        Job job = byIndex(1, null);
        Pod first = failedAt("a", 0, 0);

        Told waits = plan(job, first, indexed("b", "Running", 1));
        assertThat(waits.create()).isEmpty();
        assertThat(waits.again()).contains(Duration.ofSeconds(10));
        assertThat(waits.release())
                .as("it tells how often its index failed until there is another")
                .isEmpty();
        Told replaced = plan(JobBackoff.NONE, NOW.plusSeconds(10), job, first, indexed("b", "Running", 1));
        assertThat(replaced.create())
                .singleElement()
                .satisfies(pod -> assertThat(pod.getMetadata().getAnnotations())
                        .containsEntry("batch.kubernetes.io/job-completion-index", "0")
                        .containsEntry("batch.kubernetes.io/job-index-failure-count", "1"));

        Told last = plan(job, failedAt("c", 0, 1), indexed("b", "Running", 1));
        assertThat(last.status().getFailedIndexes()).isEqualTo("0");
        assertThat(last.create()).isEmpty();
        assertThat(types(last.status())).isEmpty();
        Told over = plan(job, failedAt("c", 0, 1), indexed("b", "Succeeded", 1));
        assertThat(over.status().getConditions().getFirst().getReason()).isEqualTo("FailedIndexes");
        assertThat(over.status().getConditions().getFirst().getMessage()).isEqualTo("Job has failed indexes");
        assertThat(over.status().getCompletedIndexes()).isEqualTo("1");
    }

    @Test
    void moreFailedIndexesThanMayBeFailTheJob() {
        Told plan = plan(byIndex(0, 0), failedAt("a", 0, 0), indexed("b", "Running", 1));

        assertThat(plan.status().getConditions().getFirst().getReason()).isEqualTo("MaxFailedIndexesExceeded");
        assertThat(plan.delete()).hasSize(1);
    }

    @Test
    void aFailureOfTheIndexByPolicyNeedsNoSecond() {
        Job job = new JobBuilder(byIndex(5, null))
                .editSpec()
                .withNewPodFailurePolicy()
                .addNewRule()
                .withAction("FailIndex")
                .withNewOnExitCodes()
                .withOperator("NotIn")
                .withValues(7)
                .endOnExitCodes()
                .endRule()
                .addNewRule()
                .withAction("Ignore")
                .withNewOnExitCodes()
                .withOperator("In")
                .withValues(7)
                .endOnExitCodes()
                .endRule()
                .endPodFailurePolicy()
                .endSpec()
                .build();

        assertThat(plan(job, failedAt("a", 0, 0)).status().getFailedIndexes()).isEqualTo("0");
        Pod ignored = new PodBuilder(ended("b", "Failed", 7, NOW.minusSeconds(10)))
                .editMetadata()
                .addToAnnotations("batch.kubernetes.io/job-completion-index", "1")
                .endMetadata()
                .build();
        Told plan = plan(job, failedAt("a", 0, 0), ignored);
        assertThat(plan.create())
                .singleElement()
                .satisfies(pod -> assertThat(pod.getMetadata().getAnnotations())
                        .containsEntry("batch.kubernetes.io/job-index-failure-count", "0")
                        .containsEntry("batch.kubernetes.io/job-index-ignored-failure-count", "1"));
    }

    @Test
    void ofTwoPodsOfAnIndexOneGoes() {
        Job job = job(3, 3).editSpec().withCompletionMode("Indexed").endSpec().build();
        Pod pending = indexed("b", "Pending", 1);
        Pod beyond = indexed("c", "Running", 9);

        assertThat(plan(job, indexed("a", "Running", 1), pending, beyond).delete())
                .containsExactlyInAnyOrder(pending, beyond);
    }

    @Test
    void aNameThatIsTooLongIsCutBeforeItsIndex() {
        Job job = job(200, 1)
                .editMetadata()
                .withName("n".repeat(63))
                .endMetadata()
                .build();

        assertThat(JobPods.indexed(job, 123).getMetadata().getGenerateName())
                .isEqualTo("n".repeat(53) + "-123-")
                .hasSize(58);
        assertThat(JobPods.indexed(job, 123)
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getEnv()
                        .getFirst()
                        .getValueFrom()
                        .getFieldRef()
                        .getFieldPath())
                .isEqualTo("metadata.labels['batch.kubernetes.io/job-completion-index']");
    }
}
