package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricIdentifier;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatusBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricTarget;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricValueStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricValueStatusBuilder;
import java.util.Map;

/// What each metric of an autoscaler says there should be of one workload.
///
/// @param observed replicas that there are
/// @param selector of the workload's pods
record MetricProposals(UsageSource source, String namespace, String selector, int observed, ReplicaProposals replicas) {

    private static final long MILLI = 1000;

    /// What came of one metric.
    sealed interface Outcome {}

    /// @param name of the metric, for people
    record Proposed(int replicas, String name, MetricStatus status) implements Outcome {}

    /// @param reason of the condition, and the event
    /// @param message what failed
    /// @param context of it, for who looks at all metrics
    record Failed(String reason, String message, String context) implements Outcome {}

    private interface Reading {
        Proposed read();
    }

    Outcome of(MetricSpec spec) {
        return switch (spec.getType()) {
            case "Resource" -> {
                var resource = spec.getResource();
                yield tried(
                        "FailedGetResourceMetric",
                        "failed to get " + resource.getName() + " resource metric value",
                        () -> resource(resource.getName(), "", resource.getTarget()));
            }
            case "ContainerResource" -> {
                var resource = spec.getContainerResource();
                yield tried(
                        "FailedGetContainerResourceMetric",
                        "failed to get " + resource.getContainer() + " container metric value",
                        () -> resource(resource.getName(), resource.getContainer(), resource.getTarget()));
            }
            case "Pods" -> tried("FailedGetPodsMetric", "failed to get pods metric value", () -> pods(spec));
            case "Object" -> tried("FailedGetObjectMetric", "failed to get object metric value", () -> object(spec));
            case "External" ->
                tried(
                        "FailedGetExternalMetric",
                        "failed to get " + spec.getExternal().getMetric().getName() + " external metric value",
                        () -> external(spec));
            default ->
                new Failed("InvalidMetricSourceType", "unknown metric source type \"" + spec.getType() + "\"", "");
        };
    }

    private static Outcome tried(String reason, String context, Reading reading) {
        try {
            return reading.read();
        } catch (UnknownUsageException unknown) {
            return new Failed(reason, unknown.getMessage(), context);
        }
    }

    private interface Usage<T> {
        T get();
    }

    private static <T> T within(String context, Usage<T> usage) {
        try {
            return usage.get();
        } catch (UnknownUsageException unknown) {
            throw new UnknownUsageException(context, unknown);
        }
    }

    private Proposed resource(String resource, String container, MetricTarget target) {
        boolean isAverage = target.getAverageValue() != null;
        if (!isAverage && target.getAverageUtilization() == null) {
            throw new UnknownUsageException("invalid resource metric source: neither an average utilization target nor"
                    + " an average value (usage) target was set");
        }
        var proposal = within("failed to get " + resource + (isAverage ? " usage" : " utilization"), () -> {
            Map<String, PodUsage> usage = within(
                    "unable to get metrics for resource " + resource,
                    () -> source.resource(namespace, selector, resource, container));
            return isAverage
                    ? replicas.byAverage(usage, resource, ReplicaProposals.milli(target.getAverageValue()))
                    : replicas.byUtilization(usage, resource, container, target.getAverageUtilization());
        });
        var value = new MetricValueStatusBuilder()
                .withAverageValue(amount(resource, proposal.usage()))
                .build();
        proposal.utilization().ifPresent(value::setAverageUtilization);
        var status = container.isEmpty()
                ? new MetricStatusBuilder()
                        .withType("Resource")
                        .withNewResource()
                        .withName(resource)
                        .withCurrent(value)
                        .endResource()
                        .build()
                : new MetricStatusBuilder()
                        .withType("ContainerResource")
                        .withNewContainerResource()
                        .withContainer(container)
                        .withName(resource)
                        .withCurrent(value)
                        .endContainerResource()
                        .build();
        String name = isAverage
                ? resource + " resource"
                : resource + (container.isEmpty() ? "" : " container")
                        + " resource utilization (percentage of request)";
        return new Proposed(proposal.replicas(), name, status);
    }

    private Proposed pods(MetricSpec spec) {
        MetricIdentifier metric = spec.getPods().getMetric();
        Map<String, PodUsage> usage = within(
                "unable to get metric " + metric.getName(),
                () -> source.pods(namespace, selector, metric.getName(), metric.getSelector()));
        var proposal = replicas.byAverage(
                usage, "", ReplicaProposals.milli(spec.getPods().getTarget().getAverageValue()));
        MetricStatus status = new MetricStatusBuilder()
                .withType("Pods")
                .withNewPods()
                .withMetric(metric)
                .withCurrent(average(proposal.usage()))
                .endPods()
                .build();
        return new Proposed(proposal.replicas(), "pods metric " + metric.getName(), status);
    }

    private Proposed object(MetricSpec spec) {
        var object = spec.getObject().getDescribedObject();
        MetricIdentifier metric = spec.getObject().getMetric();
        MetricTarget target = spec.getObject().getTarget();
        boolean isTotal = target.getType().equals("Value") && target.getValue() != null;
        if (!isTotal && (!target.getType().equals("AverageValue") || target.getAverageValue() == null)) {
            throw new UnknownUsageException(
                    "invalid object metric source: neither a value target nor an average value target was set");
        }
        String context = "unable to get metric %s: %s on %s %s"
                .formatted(metric.getName(), object.getKind(), namespace, object.getName());
        long usage = within(context, () -> source.object(namespace, object, metric.getName(), metric.getSelector()));
        var proposal = shared(isTotal, usage, target);
        MetricStatus status = new MetricStatusBuilder()
                .withType("Object")
                .withNewObject()
                .withDescribedObject(object)
                .withMetric(metric)
                .withCurrent(isTotal ? total(proposal.usage()) : average(proposal.usage()))
                .endObject()
                .build();
        String name = isTotal
                ? object.getKind() + " metric " + metric.getName()
                : external(metric.getName(), metric.getSelector());
        return new Proposed(proposal.replicas(), name, status);
    }

    private Proposed external(MetricSpec spec) {
        MetricIdentifier metric = spec.getExternal().getMetric();
        MetricTarget target = spec.getExternal().getTarget();
        boolean isTotal = target.getAverageValue() == null;
        if (isTotal && target.getValue() == null) {
            throw new UnknownUsageException(
                    "invalid external metric source: neither a value target nor an average value target was set");
        }
        String kind = isTotal ? "failed to get external metric %s" : "failed to get %s external metric";
        long usage = within(
                kind.formatted(metric.getName()),
                () -> within(
                        "unable to get external metric %s/%s/%s"
                                .formatted(namespace, metric.getName(), Selectors.text(metric.getSelector())),
                        () -> source.external(namespace, metric.getName(), metric.getSelector()).stream()
                                .reduce(0L, MetricProposals::saturated)));
        var proposal = shared(isTotal, usage, target);
        MetricStatus status = new MetricStatusBuilder()
                .withType("External")
                .withNewExternal()
                .withMetric(metric)
                .withCurrent(isTotal ? total(proposal.usage()) : average(proposal.usage()))
                .endExternal()
                .build();
        return new Proposed(proposal.replicas(), external(metric.getName(), metric.getSelector()), status);
    }

    private ReplicaProposals.Proposal shared(boolean isTotal, long usage, MetricTarget target) {
        return isTotal
                ? replicas.byTotal(usage, ReplicaProposals.milli(target.getValue()))
                : ReplicaProposals.byShare(
                        usage, ReplicaProposals.milli(target.getAverageValue()), observed, replicas.tolerance());
    }

    private static long saturated(long sum, long value) {
        long total = sum + value;
        return sum > 0 && value > 0 && total < 0 ? Long.MAX_VALUE : total;
    }

    private static String external(String name, LabelSelector selector) {
        return "external metric " + name + "(" + Selectors.text(selector) + ")";
    }

    private static MetricValueStatus average(long milli) {
        return new MetricValueStatusBuilder()
                .withAverageValue(amount("", milli))
                .build();
    }

    private static MetricValueStatus total(long milli) {
        return new MetricValueStatusBuilder().withValue(amount("", milli)).build();
    }

    /// Memory is counted in powers of two.
    private static Quantity amount(String resource, long milli) {
        boolean isBinary = resource.equals("memory") && milli % MILLI == 0;
        var amount = isBinary
                ? dev.longshore.model.Quantity.ofBytes(milli / MILLI)
                : dev.longshore.model.Quantity.ofMilli(milli);
        return Quantity.parse(amount.toString());
    }
}
