package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/// Writes the pods of Jobs, with the finalizer by which they are counted.
final class JobPodWrites {

    private final KubernetesClient client;
    private final PodWrites writes;
    private final WrittenVersions written;

    /// What was done, and what was refused.
    record Result(JobTracking.Done done, Optional<KubernetesClientException> failure) {}

    JobPodWrites(KubernetesClient client, PodWrites writes, WrittenVersions written) {
        this.client = client;
        this.writes = writes;
        this.written = written;
    }

    /// Does what is to be done with the pods of `job`.
    ///
    /// @param released told of each pod that has lost its finalizer, from one thread
    Result carryOut(Job job, JobPlan.Step step, Consumer<Pod> released) {
        return switch (step) {
            case JobPlan.Step.Nothing() -> new Result(JobTracking.Done.NOTHING, Optional.empty());
            case JobPlan.Step.Create(List<Pod> pods) -> {
                SlowStart.Result made = writes.create(job, pods);
                yield new Result(new JobTracking.Done(made.succeeded(), List.of()), made.failure());
            }
            case JobPlan.Step.End(List<Pod> pods) -> delete(pods, pod -> writes.delete(job, pod));
            case JobPlan.Step.Withdraw(List<Pod> pods) -> {
                writes.expectDeletions(job, pods);
                Queue<Pod> free = new ConcurrentLinkedQueue<>();
                Result result = delete(pods, pod -> {
                    Optional<KubernetesClientException> refused = tried(job, pod, free);
                    if (refused.isPresent()) {
                        writes.dropDeletion(job, pod);
                        return refused;
                    }
                    return writes.delete(job, pod);
                });
                free.forEach(released);
                yield result;
            }
        };
    }

    /// Takes the finalizer from each of `pods`, which are of `job`.
    ///
    /// @return why the server refused one
    Optional<KubernetesClientException> release(Job job, List<Pod> pods, Consumer<Pod> released) {
        Queue<Pod> done = new ConcurrentLinkedQueue<>();
        SlowStart.Result result = SlowStart.atOnce(pods, pod -> tried(job, pod, done));
        done.forEach(released);
        return result.failure();
    }

    /// Takes the finalizer from `pod`, which is of `job`, if it has it and is there.
    void release(Job job, Pod pod) {
        release(pod).ifPresent(released -> written.wrote(job, released));
    }

    /// Takes the finalizer from `pod`, whose Job is gone.
    ///
    /// @return how it is now; empty when it had none, or is not there
    Optional<Pod> release(Pod pod) {
        if (!JobPods.isTracked(pod)) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(client.resource(pod).get())
                    .filter(stored -> stored.getMetadata()
                                    .getUid()
                                    .equals(pod.getMetadata().getUid())
                            && JobPods.isTracked(stored))
                    .map(stored -> client.resource(new PodBuilder(stored)
                                    .editMetadata()
                                    .removeFromFinalizers(JobPods.FINALIZER)
                                    .endMetadata()
                                    .build())
                            .update());
        } catch (KubernetesClientException gone) {
            if (!Refusals.isNotFound(gone)) {
                throw gone;
            }
            return Optional.empty();
        }
    }

    private Optional<KubernetesClientException> tried(Job job, Pod pod, Queue<Pod> done) {
        try {
            release(job, pod);
            done.add(pod);
            return Optional.empty();
        } catch (KubernetesClientException refused) {
            return Optional.of(refused);
        }
    }

    private static Result delete(List<Pod> pods, Function<Pod, Optional<KubernetesClientException>> write) {
        Queue<Pod> deleted = new ConcurrentLinkedQueue<>();
        SlowStart.Result result = SlowStart.atOnce(pods, pod -> {
            Optional<KubernetesClientException> refused = write.apply(pod);
            if (refused.isEmpty()) {
                deleted.add(pod);
            }
            return refused;
        });
        return new Result(new JobTracking.Done(0, List.copyOf(deleted)), result.failure());
    }
}
