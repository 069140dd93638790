package dev.longshore.runtime;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Rights of a container's process.
///
/// @param user numeric uid in place of the image's USER
/// @param group numeric gid in place of the one that the user has in the image
/// @param supplementalGroups added to those the image's /etc/group gives
/// @param strictGroups whether the image's /etc/group gives none
/// @param addCapabilities without `CAP_`; `ALL` for all
/// @param seccompProfile `RuntimeDefault`, `Unconfined`, or the path of a profile
/// @param appArmorProfile `RuntimeDefault`, `Unconfined`, `localhost/` and the name of a loaded profile, or nothing:
/// then it is the runtime's own where the kernel has AppArmor
public record ContainerSecurity(
        Optional<Long> user,
        Optional<Long> group,
        List<Long> supplementalGroups,
        Boolean strictGroups,
        boolean privileged,
        boolean readOnlyRootFilesystem,
        boolean allowPrivilegeEscalation,
        List<String> addCapabilities,
        List<String> dropCapabilities,
        String seccompProfile,
        boolean unmaskedProc,
        String appArmorProfile) {

    /// What a container gets that asks for nothing.
    public static final ContainerSecurity DEFAULT = new ContainerSecurity(
            Optional.empty(),
            Optional.empty(),
            List.of(),
            false,
            false,
            false,
            true,
            List.of(),
            List.of(),
            "RuntimeDefault",
            false);

    public ContainerSecurity {
        supplementalGroups = List.copyOf(supplementalGroups);
        // A container that an earlier version made has no word on these.
        strictGroups = Boolean.TRUE.equals(strictGroups);
        appArmorProfile = Objects.requireNonNullElse(appArmorProfile, "");
        addCapabilities = List.copyOf(addCapabilities);
        dropCapabilities = List.copyOf(dropCapabilities);
    }

    /// With the groups of the image.
    public ContainerSecurity(
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
        this(
                user,
                group,
                supplementalGroups,
                false,
                privileged,
                readOnlyRootFilesystem,
                allowPrivilegeEscalation,
                addCapabilities,
                dropCapabilities,
                seccompProfile,
                unmaskedProc,
                "");
    }

    /// With the AppArmor profile of who names none.
    public ContainerSecurity(
            Optional<Long> user,
            Optional<Long> group,
            List<Long> supplementalGroups,
            boolean strictGroups,
            boolean privileged,
            boolean readOnlyRootFilesystem,
            boolean allowPrivilegeEscalation,
            List<String> addCapabilities,
            List<String> dropCapabilities,
            String seccompProfile,
            boolean unmaskedProc) {
        this(
                user,
                group,
                supplementalGroups,
                strictGroups,
                privileged,
                readOnlyRootFilesystem,
                allowPrivilegeEscalation,
                addCapabilities,
                dropCapabilities,
                seccompProfile,
                unmaskedProc,
                "");
    }
}
