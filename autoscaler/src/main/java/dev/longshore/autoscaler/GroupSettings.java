package dev.longshore.autoscaler;

import java.time.Duration;

/// What a group may have otherwise than the rest.
///
/// @param utilizationThreshold share of what a node offers below which it may be removed
///     (`--scale-down-utilization-threshold`)
/// @param unneededTime for how long a node must be unneeded before (`--scale-down-unneeded-time`)
/// @param unreadyTime the same of a node that is not ready (`--scale-down-unready-time`)
/// @param ignoresDaemons whether daemons' requests do not count as use (`--ignore-daemonsets-utilization`)
/// @param provisionTime within which a new node must have registered (`--max-node-provision-time`)
public record GroupSettings(
        double utilizationThreshold,
        Duration unneededTime,
        Duration unreadyTime,
        boolean ignoresDaemons,
        Duration provisionTime) {

    /// As without flags.
    public static final GroupSettings DEFAULT =
            new GroupSettings(0.5, Duration.ofMinutes(10), Duration.ofMinutes(20), false, Duration.ofMinutes(15));

    /// @throws IllegalArgumentException when a number makes no sense
    public GroupSettings {
        if (!(utilizationThreshold >= 0)) {
            throw new IllegalArgumentException("scale-down-utilization-threshold cannot be negative");
        }
        if (unneededTime.isNegative() || unreadyTime.isNegative() || provisionTime.isNegative()) {
            throw new IllegalArgumentException("times cannot be negative");
        }
    }
}
