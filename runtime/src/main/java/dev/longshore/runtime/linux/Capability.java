package dev.longshore.runtime.linux;

import dev.longshore.runtime.ContainerSecurity;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The kernel's capabilities, in the order of their numbers (capabilities(7)).
enum Capability {
    CHOWN,
    DAC_OVERRIDE,
    DAC_READ_SEARCH,
    FOWNER,
    FSETID,
    KILL,
    SETGID,
    SETUID,
    SETPCAP,
    LINUX_IMMUTABLE,
    NET_BIND_SERVICE,
    NET_BROADCAST,
    NET_ADMIN,
    NET_RAW,
    IPC_LOCK,
    IPC_OWNER,
    SYS_MODULE,
    SYS_RAWIO,
    SYS_CHROOT,
    SYS_PTRACE,
    SYS_PACCT,
    SYS_ADMIN,
    SYS_BOOT,
    SYS_NICE,
    SYS_RESOURCE,
    SYS_TIME,
    SYS_TTY_CONFIG,
    MKNOD,
    LEASE,
    AUDIT_WRITE,
    AUDIT_CONTROL,
    SETFCAP,
    MAC_OVERRIDE,
    MAC_ADMIN,
    SYSLOG,
    WAKE_ALARM,
    BLOCK_SUSPEND,
    AUDIT_READ,
    PERFMON,
    BPF,
    CHECKPOINT_RESTORE;

    /// What Docker and Kubernetes give a container that asks for nothing.
    static final Set<Capability> DEFAULT = EnumSet.of(
            CHOWN,
            DAC_OVERRIDE,
            FSETID,
            FOWNER,
            MKNOD,
            NET_RAW,
            SETGID,
            SETUID,
            SETFCAP,
            SETPCAP,
            NET_BIND_SERVICE,
            SYS_CHROOT,
            KILL,
            AUDIT_WRITE);

    private static final String ALL = "ALL";

    /// Defaults, less what is dropped, plus what is added; only what the host can grant.
    static Set<Capability> of(ContainerSecurity security, HostLimits limits) {
        Set<Capability> granted = EnumSet.copyOf(DEFAULT);
        if (security.privileged() || names(security.addCapabilities()).contains(ALL)) {
            granted = EnumSet.allOf(Capability.class);
        }
        if (!security.privileged()) {
            List<String> dropped = names(security.dropCapabilities());
            granted.removeIf(capability -> dropped.contains(ALL) || dropped.contains(capability.name()));
            List<String> added = names(security.addCapabilities());
            for (Capability capability : values()) {
                if (added.contains(capability.name())) {
                    granted.add(capability);
                }
            }
        }
        granted.removeIf(capability -> !limits.mayGrant(capability));
        return granted;
    }

    /// Every one that the host can grant.
    static Set<Capability> all(HostLimits limits) {
        Set<Capability> all = EnumSet.allOf(Capability.class);
        all.removeIf(capability -> !limits.mayGrant(capability));
        return all;
    }

    String ociName() {
        return "CAP_" + name();
    }

    private static List<String> names(List<String> spelt) {
        return spelt.stream()
                .map(name -> name.toUpperCase(Locale.ROOT))
                .map(name -> name.startsWith("CAP_") ? name.substring("CAP_".length()) : name)
                .toList();
    }
}
