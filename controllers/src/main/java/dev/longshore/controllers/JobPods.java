package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// Pods of Jobs: how they are made and what is read from them.
final class JobPods {

    /// Holds a pod that has ended until it is counted, whoever deletes it meanwhile.
    static final String FINALIZER = "batch.kubernetes.io/job-tracking";

    private static final String INDEX = "batch.kubernetes.io/job-completion-index";
    private static final String INDEX_VARIABLE = "JOB_COMPLETION_INDEX";
    private static final int LONGEST_PREFIX = 63 - 5;

    private JobPods() {}

    static boolean isIndexed(Job job) {
        return "Indexed".equals(job.getSpec().getCompletionMode());
    }

    /// Whether a pod that is being deleted is already as good as failed, so that it is replaced at once.
    static boolean countsTerminating(Job job) {
        return !"Failed".equals(job.getSpec().getPodReplacementPolicy())
                && job.getSpec().getPodFailurePolicy() == null;
    }

    /// A pod of a Job without indexes.
    static Pod plain(Job job) {
        return PodWrites.podOf(job, job.getSpec().getTemplate())
                .editMetadata()
                .addToFinalizers(FINALIZER)
                .endMetadata()
                .build();
    }

    /// The pod for completion index `index`, which it finds as annotation, label, host name and variable.
    static Pod indexed(Job job, int index) {
        String value = String.valueOf(index);
        String hostname = job.getMetadata().getName() + "-" + index;
        String prefix = hostname.length() + 1 > LONGEST_PREFIX ? hostname.substring(0, LONGEST_PREFIX - 1) : hostname;
        Pod pod = new PodBuilder(plain(job))
                .editMetadata()
                .withGenerateName(prefix + "-")
                .addToAnnotations(INDEX, value)
                .addToLabels(INDEX, value)
                .endMetadata()
                .editSpec()
                .withHostname(hostname)
                .endSpec()
                .build();
        pod.getSpec()
                .setContainers(pod.getSpec().getContainers().stream()
                        .map(JobPods::withIndex)
                        .toList());
        pod.getSpec()
                .setInitContainers(pod.getSpec().getInitContainers().stream()
                        .map(JobPods::withIndex)
                        .toList());
        return pod;
    }

    /// The completion index of `pod`, if it has one below `completions`.
    static OptionalInt index(Pod pod, int completions) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        String value = annotations == null ? null : annotations.get(INDEX);
        try {
            int index = value == null ? -1 : Integer.parseInt(value);
            return index >= 0 && index < completions ? OptionalInt.of(index) : OptionalInt.empty();
        } catch (NumberFormatException notANumber) {
            return OptionalInt.empty();
        }
    }

    static boolean isTracked(Pod pod) {
        return pod.getMetadata().getFinalizers().contains(FINALIZER);
    }

    static boolean hasSucceeded(Pod pod) {
        return Pods.phase(pod).equals("Succeeded");
    }

    static boolean hasFailed(Job job, Pod pod) {
        return Pods.phase(pod).equals("Failed")
                || Keys.isBeingDeleted(pod) && !hasSucceeded(pod) && countsTerminating(job);
    }

    /// When its last container ended; when it was last ready or was deleted, if none says so.
    static Optional<Instant> endedAt(Pod pod) {
        Optional<Instant> ended = terminated(pod).stream()
                .map(ContainerStateTerminated::getFinishedAt)
                .filter(stamp -> stamp != null && !stamp.isEmpty())
                .map(Instant::parse)
                .max(Comparator.naturalOrder());
        return ended.or(() ->
                Optional.ofNullable(pod.getMetadata().getDeletionTimestamp()).map(Instant::parse));
    }

    /// The containers of `pod` that have ended.
    static List<ContainerStateTerminated> terminated(Pod pod) {
        return pod.getStatus() == null
                ? List.of()
                : pod.getStatus().getContainerStatuses().stream()
                        .filter(status -> status.getState() != null)
                        .map(status -> status.getState().getTerminated())
                        .filter(java.util.Objects::nonNull)
                        .toList();
    }

    private static Container withIndex(Container container) {
        boolean isSet = container.getEnv().stream()
                .anyMatch(variable -> variable.getName().equals(INDEX_VARIABLE));
        return isSet
                ? container
                : new ContainerBuilder(container)
                        .addNewEnv()
                        .withName(INDEX_VARIABLE)
                        .withNewValueFrom()
                        .withNewFieldRef()
                        .withFieldPath("metadata.annotations['" + INDEX + "']")
                        .endFieldRef()
                        .endValueFrom()
                        .endEnv()
                        .build();
    }
}
