package dev.longshore.controllers;

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
import java.util.Optional;

/// Jobs, their pods, and plans for them at [#NOW].
final class JobSamples {

    static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

    private JobSamples() {}

    /// A plan that was carried out, and what is counted then.
    record Told(JobPlan plan, JobTracking tracking) {
        List<Pod> create() {
            return plan.step() instanceof JobPlan.Step.Create(List<Pod> pods) ? pods : List.of();
        }

        List<Pod> delete() {
            return switch (plan.step()) {
                case JobPlan.Step.End(List<Pod> pods) -> pods;
                case JobPlan.Step.Withdraw(List<Pod> pods) -> pods;
                case JobPlan.Step.Nothing() -> List.of();
                case JobPlan.Step.Create _ -> List.of();
            };
        }

        List<Pod> release() {
            return tracking.release();
        }

        JobStatus status() {
            return tracking.status();
        }

        Optional<Duration> again() {
            return plan.again();
        }
    }

    static Told plan(Job job, Pod... pods) {
        return plan(JobBackoff.NONE, NOW, job, pods);
    }

    static Told plan(JobBackoff before, Instant now, Job job, Pod... pods) {
        JobPlan plan = JobPlan.of(job, List.of(pods), true, before, now);
        var told = new Told(plan, null);
        var done = new JobTracking.Done(told.create().size(), told.delete());
        return new Told(plan, JobTracking.of(job, List.of(pods), plan, done, true, now));
    }

    static JobStatus completed(Job job, String indexes) {
        JobStatus status = plan(job).status();
        status.setCompletedIndexes(indexes);
        return status;
    }

    static List<String> types(JobStatus status) {
        return status.getConditions().stream().map(JobCondition::getType).toList();
    }

    static Job with(Job job, JobStatus status) {
        return new JobBuilder(job).withStatus(status).build();
    }

    static JobBuilder job(Integer completions, int parallelism) {
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

    static Pod pod(String name, String phase) {
        return Samples.pod(name, "10.0.0.1")
                .editMetadata()
                .addToFinalizers(JobPods.FINALIZER)
                .endMetadata()
                .editStatus()
                .withPhase(phase)
                .endStatus()
                .build();
    }

    static Pod ended(String name, String phase, int exitCode, Instant when) {
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

    static Pod indexed(String name, String phase, int index) {
        return new PodBuilder(pod(name, phase))
                .editMetadata()
                .addToAnnotations("batch.kubernetes.io/job-completion-index", String.valueOf(index))
                .endMetadata()
                .build();
    }

    static Job byIndex(int limit, Integer mostFailed) {
        return job(2, 2)
                .editSpec()
                .withCompletionMode("Indexed")
                .withBackoffLimit(Integer.MAX_VALUE)
                .withBackoffLimitPerIndex(limit)
                .withMaxFailedIndexes(mostFailed)
                .endSpec()
                .build();
    }

    static Pod failedAt(String name, int index, int before) {
        return new PodBuilder(ended(name, "Failed", 1, NOW))
                .editMetadata()
                .addToAnnotations("batch.kubernetes.io/job-completion-index", String.valueOf(index))
                .addToAnnotations("batch.kubernetes.io/job-index-failure-count", String.valueOf(before))
                .endMetadata()
                .build();
    }

    static Pod released(Pod pod) {
        return new PodBuilder(pod).editMetadata().withFinalizers().endMetadata().build();
    }

    static Pod deleted(Pod pod) {
        return new PodBuilder(pod)
                .editMetadata()
                .withDeletionTimestamp(NOW.toString())
                .endMetadata()
                .build();
    }
}
