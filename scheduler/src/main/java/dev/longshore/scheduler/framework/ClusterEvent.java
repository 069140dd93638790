package dev.longshore.scheduler.framework;

/// What happens in a cluster that may give a pod a place that had none.
public enum ClusterEvent {
    /// A node came.
    NODE_ADDED,
    /// A node went: its pods count no more.
    NODE_GONE,
    /// A node has more or less to give.
    NODE_ALLOCATABLE,
    /// A node's labels changed.
    NODE_LABELS,
    /// A node's taints changed, or whether it is cordoned.
    NODE_TAINTS,
    /// A node's kubelet can do other things.
    NODE_FEATURES,
    /// A pod got a node.
    POD_PLACED,
    /// The labels of a pod on a node changed.
    POD_LABELS,
    /// A pod left its node: ended, or was deleted.
    POD_GONE,
    /// A claim, a volume, or something that says which volumes can be had, changed.
    VOLUMES,
    /// A claim for devices, what a driver offers, or a class of devices changed.
    DEVICES
}
