package dev.longshore.controllers;

import dev.longshore.client.EventRecorder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerCondition;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerConditionBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerStatusBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// One look at one autoscaler: reads its target's scale, asks its metrics, scales, and says in the status what came
/// of it. Used once.
final class AutoscalerPass {

    private static final String ABLE = "AbleToScale";
    private static final String ACTIVE = "ScalingActive";
    private static final String LIMITED = "ScalingLimited";

    private final HorizontalPodAutoscaler autoscaler;
    private final World world;
    private final Instant now;
    private final List<HorizontalPodAutoscalerCondition> conditions;
    private Optional<Instant> scaled = Optional.empty();

    /// What a pass needs of the world around.
    interface World {
        /// The target's scale.
        ///
        /// @throws KubernetesClientException if there is none
        ScaleTargets.Scale scale();

        /// Changes it.
        void rescale(ScaleTargets.Scale scale, int replicas);

        UsageSource usage();

        ScalingHistory history(int replicas);

        void tell(EventRecorder.Type type, String reason, String message);

        List<Pod> pods(String selector);

        /// All autoscalers, by name, that scale some of these pods.
        List<String> scalersOf(String selector, List<Pod> pods);
    }

    /// @param replicas wanted, or -1 if nothing can be said
    /// @param name of the metric that wants most
    private record Wish(int replicas, String name, List<MetricStatus> statuses) {}

    AutoscalerPass(HorizontalPodAutoscaler autoscaler, World world, Instant now) {
        this.autoscaler = autoscaler;
        this.world = world;
        this.now = now;
        this.conditions = new ArrayList<>(
                autoscaler.getStatus() == null
                        ? List.of()
                        : autoscaler.getStatus().getConditions());
    }

    /// Does it.
    ///
    /// @return the autoscaler with its new status
    HorizontalPodAutoscaler run() {
        ScaleTargets.Scale scale;
        try {
            scale = world.scale();
        } catch (KubernetesClientException unscalable) {
            warn("FailedGetScale", Refusals.message(unscalable));
            set(
                    ABLE,
                    "False",
                    "FailedGetScale",
                    "the HPA controller was unable to get the target's current scale: " + Refusals.message(unscalable));
            return withStatus(before());
        }
        set(ABLE, "True", "SucceededGetScale", "the HPA controller was able to get the target's current scale");
        return withStatus(decided(scale));
    }

    private HorizontalPodAutoscalerStatus before() {
        return autoscaler.getStatus() == null
                ? new HorizontalPodAutoscalerStatusBuilder()
                        .withDesiredReplicas(0)
                        .build()
                : autoscaler.getStatus();
    }

    private HorizontalPodAutoscalerStatus decided(ScaleTargets.Scale scale) {
        ScalingHistory history = world.history(scale.wanted());
        ScalingLimits limits = ScalingLimits.of(autoscaler);
        int current = scale.wanted();
        if (current == 0) {
            set(
                    ACTIVE,
                    "False",
                    "ScalingDisabled",
                    "scaling is disabled since the replica count of the target is zero");
            return status(current, 0, List.of());
        }
        if (current > limits.most()) {
            return rescaled(
                    scale, limits.most(), "Current number of replicas above Spec.MaxReplicas", history, List.of());
        }
        if (current < limits.least()) {
            return rescaled(
                    scale, limits.least(), "Current number of replicas below Spec.MinReplicas", history, List.of());
        }
        Wish wish = wish(scale);
        if (wish.replicas() < 0) {
            return status(current, Objects.requireNonNullElse(before().getDesiredReplicas(), 0), wish.statuses());
        }
        var limited = limits.limit(current, wish.replicas(), history, now);
        set(ABLE, "True", limited.ability().reason(), limited.ability().message());
        set(
                LIMITED,
                limited.isLimited() ? "True" : "False",
                limited.limit().reason(),
                limited.limit().message());
        String why = wish.replicas() > current
                ? wish.name() + " above target"
                : wish.replicas() < current ? "All metrics below target" : "";
        return limited.replicas() == current
                ? status(current, current, wish.statuses())
                : rescaled(scale, limited.replicas(), why, history, wish.statuses());
    }

    private HorizontalPodAutoscalerStatus rescaled(
            ScaleTargets.Scale scale, int replicas, String why, ScalingHistory history, List<MetricStatus> statuses) {
        try {
            world.rescale(scale, replicas);
        } catch (KubernetesClientException refused) {
            warn(
                    "FailedRescale",
                    "New size: %d; reason: %s; error: %s".formatted(replicas, why, Refusals.message(refused)));
            set(
                    ABLE,
                    "False",
                    "FailedUpdateScale",
                    "the HPA controller was unable to update the target scale: " + Refusals.message(refused));
            return status(scale.wanted(), Objects.requireNonNullElse(before().getDesiredReplicas(), 0), statuses);
        }
        set(ABLE, "True", "SucceededRescale", "the HPA controller was able to update the target scale to " + replicas);
        world.tell(EventRecorder.Type.NORMAL, "SuccessfulRescale", "New size: %d; reason: %s".formatted(replicas, why));
        history.scaled(now, replicas - scale.wanted());
        scaled = Optional.of(now);
        return status(scale.wanted(), replicas, statuses);
    }

    private Wish wish(ScaleTargets.Scale scale) {
        List<MetricSpec> metrics = autoscaler.getSpec().getMetrics();
        Optional<MetricProposals> proposals = proposals(scale);
        if (proposals.isEmpty()) {
            return new Wish(-1, "", List.of());
        }
        var statuses = new ArrayList<MetricStatus>();
        var failures = new ArrayList<MetricProposals.Failed>();
        int most = 0;
        String name = "";
        for (MetricSpec metric : metrics) {
            switch (proposals.get().of(metric)) {
                case MetricProposals.Failed failed -> {
                    warn(failed.reason(), failed.message());
                    failures.add(failed);
                    statuses.add(new MetricStatus());
                }
                case MetricProposals.Proposed proposed -> {
                    statuses.add(proposed.status());
                    if (most == 0 || proposed.replicas() > most) {
                        most = proposed.replicas();
                        name = proposed.name();
                    }
                }
            }
        }
        boolean isUnsafe = !failures.isEmpty() && (failures.size() == metrics.size() || most < scale.wanted());
        if (isUnsafe) {
            blind(failures, metrics.size());
            return new Wish(-1, "", statuses);
        }
        set(
                ACTIVE,
                "True",
                "ValidMetricFound",
                "the HPA was able to successfully calculate a replica count from " + name);
        return new Wish(most, name, statuses);
    }

    private void blind(List<MetricProposals.Failed> failures, int metrics) {
        MetricProposals.Failed first = failures.getFirst();
        set(ACTIVE, "False", first.reason(), "the HPA was unable to compute the replica count: " + first.message());
        String whole = first.context().isEmpty() ? first.message() : first.context() + ": " + first.message();
        warn(
                "FailedComputeMetricsReplicas",
                "invalid metrics (%d invalid out of %d), first error is: %s"
                        .formatted(failures.size(), metrics, whole));
    }

    /// Nothing, if the target's pods cannot be told from others.
    private Optional<MetricProposals> proposals(ScaleTargets.Scale scale) {
        String selector = scale.selector();
        if (selector.isEmpty()) {
            return refused(
                    "SelectorRequired",
                    "selector is required",
                    "InvalidSelector",
                    "the HPA target's scale is missing a selector");
        }
        List<Pod> pods;
        try {
            pods = world.pods(selector);
        } catch (IllegalArgumentException unreadable) {
            String message = "couldn't convert selector into a corresponding internal selector object: "
                    + unreadable.getMessage();
            return refused("InvalidSelector", message, "InvalidSelector", message);
        }
        List<String> scalers = world.scalersOf(selector, pods);
        if (scalers.size() > 1) {
            String message = "pods by selector %s are controlled by multiple HPAs: %s".formatted(selector, scalers);
            return refused("AmbiguousSelector", message, "AmbiguousSelector", message);
        }
        var replicas = new ReplicaProposals(scale.wanted(), pods, ScalingTolerance.of(autoscaler), now);
        return Optional.of(new MetricProposals(
                world.usage(), autoscaler.getMetadata().getNamespace(), selector, scale.observed(), replicas));
    }

    private Optional<MetricProposals> refused(String event, String message, String reason, String condition) {
        warn(event, message);
        set(ACTIVE, "False", reason, condition);
        warn("FailedComputeMetricsReplicas", message);
        return Optional.empty();
    }

    private HorizontalPodAutoscalerStatus status(int current, int desired, List<MetricStatus> statuses) {
        return new HorizontalPodAutoscalerStatusBuilder(before())
                .withCurrentReplicas(current)
                .withDesiredReplicas(desired)
                .withCurrentMetrics(statuses)
                .build();
    }

    private HorizontalPodAutoscaler withStatus(HorizontalPodAutoscalerStatus status) {
        var whole = new HorizontalPodAutoscalerStatusBuilder(status).withConditions(conditions);
        scaled.ifPresent(at -> whole.withLastScaleTime(stamp(at)));
        return new HorizontalPodAutoscalerBuilder(autoscaler)
                .withStatus(whole.build())
                .build();
    }

    private void warn(String reason, String message) {
        world.tell(EventRecorder.Type.WARNING, reason, message);
    }

    /// The transition time changes with the status only.
    private void set(String type, String status, String reason, String message) {
        Optional<HorizontalPodAutoscalerCondition> before = conditions.stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst();
        boolean isSame = before.filter(old -> old.getStatus().equals(status)).isPresent();
        var condition = new HorizontalPodAutoscalerConditionBuilder()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(isSame ? before.get().getLastTransitionTime() : stamp(now))
                .build();
        before.ifPresentOrElse(
                old -> conditions.set(conditions.indexOf(old), condition), () -> conditions.add(condition));
    }

    private static String stamp(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
