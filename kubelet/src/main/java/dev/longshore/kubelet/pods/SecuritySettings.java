package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.configuration.KubeletConfiguration;
import java.util.List;

/// What the node's owner decided about pods' rights.
///
/// @param allowedUnsafeSysctls names, or beginnings of names that end in `*`, beside the safe ones
/// @param seccompDefault whether a container that names no filter of system calls gets the runtime's; else it gets none
/// @throws IllegalArgumentException when one of the sysctls is none that a pod can have for itself
public record SecuritySettings(List<String> allowedUnsafeSysctls, boolean seccompDefault) {

    /// Nothing unsafe, and a filter for everybody: safer than the original, which leaves containers unfiltered.
    public static final SecuritySettings USUAL = new SecuritySettings(List.of(), true);

    public SecuritySettings {
        allowedUnsafeSysctls = List.copyOf(allowedUnsafeSysctls);
        allowedUnsafeSysctls.forEach(SysctlRules::requirePattern);
    }

    /// As a `KubeletConfiguration` says.
    ///
    /// @throws IllegalArgumentException as above
    public static SecuritySettings of(KubeletConfiguration configuration) {
        return new SecuritySettings(configuration.texts("allowedUnsafeSysctls"), configuration.flag("seccompDefault"));
    }
}
