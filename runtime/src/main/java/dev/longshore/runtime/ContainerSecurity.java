package dev.longshore.runtime;

import java.util.List;
import java.util.Optional;

/// Rights of a container's process.
///
/// @param user numeric uid in place of the image's USER
/// @param group numeric gid; needs `user`
/// @param supplementalGroups added to those the image's /etc/group gives
/// @param addCapabilities without `CAP_`; `ALL` for all
/// @param seccompProfile `RuntimeDefault`, `Unconfined`, or the path of a profile
public record ContainerSecurity(
        Optional<Long> user,
        Optional<Long> group,
        List<Long> supplementalGroups,
        boolean privileged,
        boolean readOnlyRootFilesystem,
        boolean allowPrivilegeEscalation,
        List<String> addCapabilities,
        List<String> dropCapabilities,
        String seccompProfile,
        boolean unmaskedProc) {

    /// What a container gets that asks for nothing.
    public static final ContainerSecurity DEFAULT = new ContainerSecurity(
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            false,
            true,
            List.of(),
            List.of(),
            "RuntimeDefault",
            false);

    public ContainerSecurity {
        supplementalGroups = List.copyOf(supplementalGroups);
        addCapabilities = List.copyOf(addCapabilities);
        dropCapabilities = List.copyOf(dropCapabilities);
    }
}
