package dev.longshore.kubelet.volumes;

import java.util.Optional;

/// What of a volume is used, in bytes and in inodes; zero where nobody tells.
///
/// @param isAbnormal whether its driver finds it damaged; empty if it does not say
public record VolumeUse(
        long capacityBytes,
        long availableBytes,
        long usedBytes,
        long inodes,
        long inodesFree,
        long inodesUsed,
        Optional<Boolean> isAbnormal) {}
