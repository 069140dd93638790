package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Pods of Jobs: how they are made and what is read from them.
final class JobPods {

    /// Holds a pod that has ended until it is counted, whoever deletes it meanwhile.
    static final String FINALIZER = "batch.kubernetes.io/job-tracking";

    private static final String INDEX = "batch.kubernetes.io/job-completion-index";
    private static final String INDEX_VARIABLE = "JOB_COMPLETION_INDEX";
    private static final String FAILURES = "batch.kubernetes.io/job-index-failure-count";
    private static final String IGNORED_FAILURES = "batch.kubernetes.io/job-index-ignored-failure-count";
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

    /// Whether each index may fail so and so often, rather than the whole Job.
    static boolean countsByIndex(Job job) {
        return job.getSpec().getBackoffLimitPerIndex() != null;
    }

    /// True if the failure of `pod` is the last that its index may have.
    static boolean endsIndex(Job job, Pod pod) {
        return hasFailed(job, pod)
                && (JobFailurePolicy.failsIndex(job, pod)
                        || !JobFailurePolicy.isIgnored(job, pod)
                                && failures(pod) >= job.getSpec().getBackoffLimitPerIndex());
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
        Pod pod = new PodBuilder(plain(job))
                .editMetadata()
                .withGenerateName(prefix(job.getMetadata().getName(), "-" + index + "-"))
                .addToAnnotations(INDEX, value)
                .addToLabels(INDEX, value)
                .endMetadata()
                .editSpec()
                .withHostname(job.getMetadata().getName() + "-" + index)
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

    /// A pod for `index` of a Job that counts failures by index, in the place of `failed`: it says how many there
    /// were before it.
    ///
    /// @param failed null for the first
    static Pod counting(Job job, int index, Pod failed) {
        boolean isIgnored = failed != null && JobFailurePolicy.isIgnored(job, failed);
        int failures = failed == null ? 0 : failures(failed) + (isIgnored ? 0 : 1);
        int ignored = failed == null ? 0 : count(failed, IGNORED_FAILURES) + (isIgnored ? 1 : 0);
        var pod =
                new PodBuilder(indexed(job, index)).editMetadata().addToAnnotations(FAILURES, String.valueOf(failures));
        if (ignored > 0) {
            pod.addToAnnotations(IGNORED_FAILURES, String.valueOf(ignored));
        }
        return pod.endMetadata().build();
    }

    /// How often the index of `pod` had failed before it was made, as far as that counts.
    static int failures(Pod pod) {
        return count(pod, FAILURES);
    }

    /// How often the index of `pod` had failed before it was made, for whatever reason.
    static int allFailures(Pod pod) {
        return count(pod, FAILURES) + count(pod, IGNORED_FAILURES);
    }

    /// True if a pod is made only in the place of one that has failed, not of one that is still ending.
    static boolean replacesFailedOnly(Job job) {
        return !countsTerminating(job);
    }

    private static int count(Pod pod, String annotation) {
        Map<String, String> annotations = pod.getMetadata().getAnnotations();
        try {
            return annotations == null ? 0 : Math.max(0, Integer.parseInt(annotations.getOrDefault(annotation, "0")));
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    private static String prefix(String name, String index) {
        int most = LONGEST_PREFIX - index.length();
        return (name.length() > most ? name.substring(0, most) : name) + index;
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

    /// When its last container ended; if that is not known, when it was last ready, was told to go, or was made.
    static Instant endedAt(Pod pod) {
        return containersEnded(pod)
                .or(() -> notReadySince(pod))
                .or(() -> toldToGo(pod))
                .orElseGet(() -> Instant.parse(pod.getMetadata().getCreationTimestamp()));
    }

    private static Optional<Instant> containersEnded(Pod pod) {
        if (pod.getStatus() == null) {
            return Optional.empty();
        }
        Set<String> sidecars = pod.getSpec().getInitContainers().stream()
                .filter(container -> "Always".equals(container.getRestartPolicy()))
                .map(Container::getName)
                .collect(Collectors.toSet());
        Instant latest = Instant.MIN;
        for (ContainerStatus status : Stream.concat(
                        pod.getStatus().getContainerStatuses().stream(),
                        pod.getStatus().getInitContainerStatuses().stream()
                                .filter(each -> sidecars.contains(each.getName())))
                .toList()) {
            var ended = status.getState() == null ? null : status.getState().getTerminated();
            if (ended == null
                    || ended.getFinishedAt() == null
                    || ended.getFinishedAt().isEmpty()) {
                return Optional.empty();
            }
            Instant finished = Instant.parse(ended.getFinishedAt());
            latest = finished.isAfter(latest) ? finished : latest;
        }
        return Optional.of(latest).filter(found -> !found.equals(Instant.MIN));
    }

    private static Optional<Instant> notReadySince(Pod pod) {
        return pod.getStatus() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> condition.getType().equals("Ready")
                                && condition.getStatus().equals("False")
                                && condition.getLastTransitionTime() != null)
                        .map(condition -> Instant.parse(condition.getLastTransitionTime()))
                        .findFirst();
    }

    private static Optional<Instant> toldToGo(Pod pod) {
        Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
        return Optional.ofNullable(pod.getMetadata().getDeletionTimestamp())
                .map(stamp -> Instant.parse(stamp).minusSeconds(grace == null ? 0 : grace));
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
                        .withFieldPath("metadata.labels['" + INDEX + "']")
                        .endFieldRef()
                        .endValueFrom()
                        .endEnv()
                        .build();
    }
}
