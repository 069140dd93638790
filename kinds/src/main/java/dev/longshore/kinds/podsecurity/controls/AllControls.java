package dev.longshore.kinds.podsecurity.controls;

import java.util.List;

/// The controls. A new one is written in a file of its own and listed here; their order is that of their ids.
final class AllControls {

    private AllControls() {}

    static List<Control> list() {
        return List.of(
                AppArmorProfile.control(),
                Capabilities.baseline(),
                HostNamespaces.control(),
                HostPathVolumes.control(),
                HostPorts.control(),
                HostsOfProbes.control(),
                Privileged.control(),
                ProcMount.baseline(),
                SeLinuxOptions.control(),
                SeccompProfile.baseline(),
                Sysctls.control(),
                WindowsHostProcess.control(),
                PrivilegeEscalation.control(),
                Capabilities.restricted(),
                ProcMount.restricted(),
                RestrictedVolumes.control(),
                RunAsNonRoot.control(),
                RunAsUser.control(),
                SeccompProfile.restricted());
    }
}
