package dev.longshore.runtime;

import java.util.List;

/// Who a container's first process is, as its own user namespace counts.
///
/// @param supplementalGroups all groups that it is in, in order
public record ContainerUser(long uid, long gid, List<Long> supplementalGroups) {
    public ContainerUser {
        supplementalGroups = List.copyOf(supplementalGroups);
    }
}
