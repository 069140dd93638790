package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.autoscaling.v2.CrossVersionObjectReference;
import java.util.List;
import java.util.Map;

/// Where the autoscaler learns what pods, objects and the world outside use. All values are in thousandths; what
/// cannot be had is told by an [UnknownUsageException].
interface UsageSource {

    /// What the pods that `selector` picks use of `resource`, by the pods' names: all of each pod, or what its
    /// `container` uses if that is not empty. Pods of which nothing is known are left out.
    Map<String, PodUsage> resource(String namespace, String selector, String resource, String container);

    /// The metric called `name` of each of these pods.
    Map<String, PodUsage> pods(String namespace, String selector, String name, LabelSelector series);

    /// The metric called `name` of one object of the namespace, or of the namespace itself.
    long object(String namespace, CrossVersionObjectReference object, String name, LabelSelector series);

    /// All series of a metric of something outside the cluster.
    List<Long> external(String namespace, String name, LabelSelector series);
}
