package dev.longshore.metrics.resource;

/// Namespace and name of a pod.
record PodKey(String namespace, String name) {}
