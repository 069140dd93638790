package dev.longshore.runtime.linux;

import dev.longshore.base.Json;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// System call filters in OCI's form. The default one names what is refused rather than what is allowed:
/// programs newer than this list keep working, and everything that reaches beyond a container's namespaces is
/// on it. What a granted capability is for is taken off it.
final class SeccompProfile {

    private static final int EPERM = 1;
    private static final int ENOSYS = 38;
    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
    private static final long NEW_NAMESPACES = 0x7E020000L;
    private static final int AF_ALG = 38;
    private static final int AF_VSOCK = 40;

    private static final List<String> REFUSED = List.of(
            "add_key",
            "create_module",
            "get_kernel_syms",
            "io_uring_enter",
            "io_uring_register",
            "io_uring_setup",
            "keyctl",
            "migrate_pages",
            "move_pages",
            "nfsservctl",
            "query_module",
            "request_key",
            "sysfs",
            "_sysctl",
            "uselib",
            "userfaultfd",
            "ustat",
            "vm86",
            "vm86old");

    private static final Map<Capability, List<String>> REFUSED_WITHOUT = new LinkedHashMap<>();

    static {
        REFUSED_WITHOUT.put(
                Capability.SYS_ADMIN,
                List.of(
                        "fanotify_init",
                        "fsconfig",
                        "fsmount",
                        "fsopen",
                        "fspick",
                        "lookup_dcookie",
                        "mount",
                        "mount_setattr",
                        "move_mount",
                        "open_tree",
                        "pivot_root",
                        "quotactl",
                        "quotactl_fd",
                        "setdomainname",
                        "sethostname",
                        "setns",
                        "swapoff",
                        "swapon",
                        "umount",
                        "umount2",
                        "unshare"));
        REFUSED_WITHOUT.put(Capability.BPF, List.of("bpf"));
        REFUSED_WITHOUT.put(Capability.PERFMON, List.of("perf_event_open"));
        REFUSED_WITHOUT.put(Capability.DAC_READ_SEARCH, List.of("open_by_handle_at", "name_to_handle_at"));
        REFUSED_WITHOUT.put(Capability.SYS_MODULE, List.of("delete_module", "finit_module", "init_module"));
        REFUSED_WITHOUT.put(Capability.SYS_BOOT, List.of("kexec_file_load", "kexec_load", "reboot"));
        REFUSED_WITHOUT.put(Capability.SYS_PACCT, List.of("acct"));
        REFUSED_WITHOUT.put(Capability.SYS_RAWIO, List.of("ioperm", "iopl"));
        REFUSED_WITHOUT.put(
                Capability.SYS_TIME, List.of("adjtimex", "clock_adjtime", "clock_settime", "settimeofday", "stime"));
        REFUSED_WITHOUT.put(Capability.SYS_TTY_CONFIG, List.of("vhangup"));
        REFUSED_WITHOUT.put(Capability.SYSLOG, List.of("syslog"));
        REFUSED_WITHOUT.put(Capability.SYS_PTRACE, List.of("kcmp", "pidfd_getfd", "process_madvise"));
        REFUSED_WITHOUT.put(Capability.SYS_NICE, List.of("get_mempolicy", "mbind", "set_mempolicy"));
    }

    private SeccompProfile() {}

    /// The profile called `name` for a process with `granted`; empty when it is unconfined.
    static Optional<ObjectNode> of(String name, boolean privileged, Set<Capability> granted) {
        if (privileged || name.equals("Unconfined")) {
            return Optional.empty();
        }
        return Optional.of(name.isEmpty() || name.equals("RuntimeDefault") ? standard(granted) : load(Path.of(name)));
    }

    private static ObjectNode standard(Set<Capability> granted) {
        ObjectNode profile = Json.object().put("defaultAction", "SCMP_ACT_ALLOW");
        var architectures = profile.putArray("architectures");
        architectures().forEach(architectures::add);
        var calls = profile.putArray("syscalls");
        calls.add(refuse(REFUSED, EPERM));
        REFUSED_WITHOUT.forEach((capability, names) -> {
            if (!granted.contains(capability) && !granted.contains(Capability.SYS_ADMIN)) {
                calls.add(refuse(names, EPERM));
            }
        });
        if (!granted.contains(Capability.SYS_ADMIN)) {
            // clone3's flags lie in memory where no filter can look: without it the C library falls back to clone.
            calls.add(refuse(List.of("clone3"), ENOSYS));
            for (long flag = 1; flag <= NEW_NAMESPACES; flag <<= 1) {
                if ((NEW_NAMESPACES & flag) != 0) {
                    calls.add(refuseIf("clone", "SCMP_CMP_MASKED_EQ", flag, flag));
                }
            }
        }
        calls.add(refuseIf("socket", "SCMP_CMP_EQ", AF_ALG, 0));
        calls.add(refuseIf("socket", "SCMP_CMP_EQ", AF_VSOCK, 0));
        return profile;
    }

    private static List<String> architectures() {
        return switch (System.getProperty("os.arch")) {
            case "amd64" -> List.of("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
            case "aarch64" -> List.of("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM");
            default -> List.of();
        };
    }

    private static ObjectNode refuse(List<String> names, int errno) {
        ObjectNode rule = Json.object();
        var list = rule.putArray("names");
        names.forEach(list::add);
        return rule.put("action", "SCMP_ACT_ERRNO").put("errnoRet", errno);
    }

    private static ObjectNode refuseIf(String call, String operator, long value, long valueTwo) {
        ObjectNode rule = refuse(List.of(call), EPERM);
        rule.putArray("args")
                .addObject()
                .put("index", 0)
                .put("value", value)
                .put("valueTwo", valueTwo)
                .put("op", operator);
        return rule;
    }

    // A profile as Kubernetes nodes keep them in files: OCI's form, sometimes with more than OCI knows.
    private static ObjectNode load(Path file) {
        try {
            JsonNode given = Json.parse(Files.readAllBytes(file));
            ObjectNode profile = Json.object();
            for (String field : List.of("defaultAction", "defaultErrnoRet", "architectures", "flags", "syscalls")) {
                if (given.has(field)) {
                    profile.set(field, given.get(field));
                }
            }
            return profile;
        } catch (IOException | Json.MalformedException unreadable) {
            throw new RuntimeFaultException(
                    Kind.CANNOT_START,
                    "cannot load seccomp profile \"" + file + "\": " + unreadable.getMessage(),
                    unreadable);
        }
    }
}
