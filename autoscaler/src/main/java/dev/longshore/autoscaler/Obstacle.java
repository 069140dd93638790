package dev.longshore.autoscaler;

/// Why a node stays.
enum Obstacle {
    /// Its annotation says so.
    SCALE_DOWN_DISABLED,
    /// It is being removed already.
    BEING_DELETED,
    /// It is not ready, and such nodes are spared.
    UNREADY,
    /// Its pods ask for too much of it.
    NOT_UNDERUTILIZED,
    /// It was looked at a short while ago, and nothing came of it.
    RECENTLY_UNREMOVABLE,
    /// There is no place for its pods elsewhere.
    NO_PLACE_TO_MOVE_PODS,
    /// The controller of a pod is gone.
    CONTROLLER_NOT_FOUND,
    /// The controller of a pod has too few replicas.
    MIN_REPLICAS_REACHED,
    /// Nobody would make a pod anew.
    NOT_REPLICATED,
    /// A pod has data on the node.
    LOCAL_STORAGE,
    /// A pod's annotation says so.
    NOT_SAFE_TO_EVICT,
    /// A pod of the system has no disruption budget.
    SYSTEM_POD,
    /// A disruption budget is spent.
    NOT_ENOUGH_BUDGET,
    /// It has not been unneeded for long enough.
    NOT_UNNEEDED_LONG_ENOUGH,
    /// It has not been unready for long enough.
    NOT_UNREADY_LONG_ENOUGH,
    /// Its group may not be smaller.
    GROUP_AT_MINIMUM,
    /// The cluster may not have less.
    CLUSTER_AT_MINIMUM
}
