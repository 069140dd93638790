package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Stream;

/// How many replicas bring usage to its target. Pods of which nothing is known, and pods that are not ready, are
/// counted such that they never cause scaling, only dampen it.
///
/// @param current how many there are
/// @param pods all of them
record ReplicaProposals(int current, List<Pod> pods, ScalingTolerance tolerance, Instant now) {

    private static final int WHOLE = 100;

    ReplicaProposals {
        pods = List.copyOf(pods);
    }

    /// @param usage of each pod on average, or of all together, in thousandths
    /// @param utilization usage in percent of what was requested, where that was asked for
    record Proposal(int replicas, long usage, OptionalInt utilization) {}

    private record Level(double ratio, long usage, OptionalInt utilization) {}

    private interface Measure {
        Level of(Map<String, Long> usage);
    }

    private interface Fallback {
        long of(String pod);
    }

    /// By usage in percent of what the pods, or their containers called `container`, request of `resource`.
    Proposal byUtilization(Map<String, PodUsage> usage, String resource, String container, int target) {
        PodGroups groups = groups(usage, resource);
        Map<String, Long> measured = measured(usage, groups);
        Map<String, Long> requests = new HashMap<>();
        pods.forEach(pod -> requests.put(pod.getMetadata().getName(), request(pod, resource, container)));
        Measure measure = used -> utilization(used, requests, target);
        return balanced(measured, groups, measure, pod -> requests.get(pod) * Math.max(WHOLE, target) / WHOLE);
    }

    /// By usage of each pod on average.
    ///
    /// @param resource what is measured, if it is one; else empty
    Proposal byAverage(Map<String, PodUsage> usage, String resource, long target) {
        PodGroups groups = groups(usage, resource);
        Measure measure = used -> {
            long average = used.values().stream().mapToLong(Long::longValue).sum() / used.size();
            return new Level((double) average / target, average, OptionalInt.empty());
        };
        return balanced(measured(usage, groups), groups, measure, pod -> target);
    }

    /// By a value that all pods bring about together.
    Proposal byTotal(long usage, long target) {
        double ratio = (double) usage / target;
        int replicas;
        if (current == 0) {
            replicas = whole(ratio);
        } else if (tolerance.covers(ratio)) {
            replicas = current;
        } else {
            requirePods();
            long ready = pods.stream()
                    .filter(pod -> Pods.phase(pod).equals("Running") && Pods.isReady(pod))
                    .count();
            replicas = whole(ratio * ready);
        }
        return new Proposal(replicas, usage, OptionalInt.empty());
    }

    /// By the share that each of the `observed` pods has in a value.
    static Proposal byShare(long usage, long target, int observed, ScalingTolerance tolerance) {
        double ratio = usage / ((double) target * observed);
        int replicas = tolerance.covers(ratio) ? observed : whole((double) usage / target);
        double share = Math.ceil((double) usage / observed);
        return new Proposal(replicas, share >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) share, OptionalInt.empty());
    }

    private PodGroups groups(Map<String, PodUsage> usage, String resource) {
        requirePods();
        return PodGroups.of(pods, usage, resource, now);
    }

    private void requirePods() {
        if (pods.isEmpty()) {
            throw new UnknownUsageException("no pods returned by selector while calculating replica count");
        }
    }

    private static Map<String, Long> measured(Map<String, PodUsage> usage, PodGroups groups) {
        Map<String, Long> measured = new HashMap<>();
        usage.forEach((pod, used) -> {
            if (!groups.ignored().contains(pod) && !groups.unready().contains(pod)) {
                measured.put(pod, used.milli());
            }
        });
        if (measured.isEmpty()) {
            throw new UnknownUsageException("did not receive metrics for targeted pods (pods might be unready)");
        }
        return measured;
    }

    private Proposal balanced(Map<String, Long> measured, PodGroups groups, Measure measure, Fallback fallback) {
        Level first = measure.of(measured);
        double ratio = first.ratio();
        boolean hasIdle = !groups.unready().isEmpty() && ratio > 1;
        if (!hasIdle && groups.missing().isEmpty()) {
            return proposal(tolerance.covers(ratio) ? current : whole(ratio * groups.ready()), first);
        }
        if (ratio < 1) {
            groups.missing().forEach(pod -> measured.put(pod, fallback.of(pod)));
        } else if (ratio > 1) {
            groups.missing().forEach(pod -> measured.put(pod, 0L));
        }
        if (hasIdle) {
            groups.unready().forEach(pod -> measured.put(pod, 0L));
        }
        double dampened = measure.of(measured).ratio();
        boolean isOvershot = ratio < 1 && dampened > 1 || ratio > 1 && dampened < 1;
        if (tolerance.covers(dampened) || isOvershot) {
            return proposal(current, first);
        }
        int replicas = whole(dampened * measured.size());
        boolean isContrary = dampened < 1 && replicas > current || dampened > 1 && replicas < current;
        return proposal(isContrary ? current : replicas, first);
    }

    private static Proposal proposal(int replicas, Level level) {
        return new Proposal(replicas, level.usage(), level.utilization());
    }

    private static int whole(double replicas) {
        return (int) Math.min(Integer.MAX_VALUE, Math.ceil(replicas));
    }

    private static Level utilization(Map<String, Long> usage, Map<String, Long> requests, int target) {
        long used = 0;
        long requested = 0;
        int count = 0;
        for (var entry : usage.entrySet()) {
            Long request = requests.get(entry.getKey());
            if (request != null) {
                used += entry.getValue();
                requested += request;
                count++;
            }
        }
        if (requested == 0) {
            throw new UnknownUsageException("no metrics returned matched known pods");
        }
        int percent = (int) (used * WHOLE / requested);
        return new Level((double) percent / target, used / count, OptionalInt.of(percent));
    }

    private static long request(Pod pod, String resource, String container) {
        ResourceRequirements own = pod.getSpec().getResources();
        boolean isOfPod = container.isEmpty()
                && own != null
                && own.getRequests() != null
                && !own.getRequests().isEmpty();
        if (isOfPod && own.getRequests().containsKey(resource)) {
            return milli(own.getRequests().get(resource));
        }
        List<Container> containers = lasting(pod)
                .filter(one -> container.isEmpty() || one.getName().equals(container))
                .toList();
        if (containers.isEmpty() && !container.isEmpty()) {
            throw new UnknownUsageException("container %s not found in Pod %s"
                    .formatted(container, pod.getMetadata().getName()));
        }
        return containers.stream().mapToLong(one -> request(pod, one, resource)).sum();
    }

    private static Stream<Container> lasting(Pod pod) {
        return Stream.concat(
                pod.getSpec().getContainers().stream(),
                pod.getSpec().getInitContainers().stream()
                        .filter(container -> "Always".equals(container.getRestartPolicy())));
    }

    private static long request(Pod pod, Container container, String resource) {
        ResourceRequirements resources = container.getResources();
        Quantity request = resources == null || resources.getRequests() == null
                ? null
                : resources.getRequests().get(resource);
        if (request == null) {
            throw new UnknownUsageException("missing request for %s in container %s of Pod %s"
                    .formatted(resource, container.getName(), pod.getMetadata().getName()));
        }
        return milli(request);
    }

    /// A quantity in thousandths.
    static long milli(Quantity quantity) {
        return dev.longshore.model.Quantity.parse(quantity.toString()).milli();
    }
}
