package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Sysctl;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which kernel parameters a pod may set: those that are its own and do no harm to others, and those that the node's
/// owner allows. After pkg/kubelet/sysctl of Kubernetes 1.36.
final class SysctlRules {

    // Since which kernel each is a namespace's own does not matter: the oldest that runs this program is newer.
    private static final List<String> SAFE = List.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start",
            "net.ipv4.ip_local_reserved_ports",
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes",
            "net.ipv4.tcp_rmem",
            "net.ipv4.tcp_wmem");
    private static final Set<String> OF_IPC = Set.of(
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced",
            "kernel.shm",
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.msg");
    private static final String SEGMENT = "[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?";
    private static final Pattern NAME_OR_BEGINNING =
            Pattern.compile("(?:%s[./])*(?:%s|%s\\*|\\*)".formatted(SEGMENT, SEGMENT, "[a-z0-9][-_a-z0-9]*"));
    private static final int LONGEST = 253;

    private final List<String> allowed;

    SysctlRules(List<String> allowedUnsafe) {
        var all = new ArrayList<>(SAFE);
        allowedUnsafe.forEach(pattern -> all.add(normal(pattern)));
        this.allowed = List.copyOf(all);
    }

    /// Why `pod` may not have what it asks for; empty when it may.
    Optional<String> refusal(Pod pod) {
        if (pod.getSpec().getSecurityContext() == null) {
            return Optional.empty();
        }
        return pod.getSpec().getSecurityContext().getSysctls().stream()
                .map(Sysctl::getName)
                .map(name -> refusal(pod, normal(name)))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private Optional<String> refusal(Pod pod, String name) {
        Optional<String> rule =
                allowed.stream().filter(pattern -> matches(pattern, name)).findFirst();
        if (rule.isEmpty()) {
            return Optional.of("\"%s\" not allowlisted".formatted(name));
        }
        String namespace = namespace(rule.get());
        boolean isHosts = namespace.equals("IPC")
                ? Boolean.TRUE.equals(pod.getSpec().getHostIPC())
                : Boolean.TRUE.equals(pod.getSpec().getHostNetwork());
        return isHosts
                ? Optional.of("\"%s\" not allowed with host %s enabled".formatted(name, namespace))
                : Optional.empty();
    }

    /// @throws IllegalArgumentException when `pattern` is none that may be allowed
    static void requirePattern(String pattern) {
        if (pattern.length() > LONGEST || !NAME_OR_BEGINNING.matcher(pattern).matches()) {
            throw new IllegalArgumentException(
                    "sysctl \"%s\" must have at most %d characters and be a name as net.core.somaxconn, or end in *"
                            .formatted(pattern, LONGEST));
        }
        if (namespace(normal(pattern)).isEmpty()) {
            throw new IllegalArgumentException(
                    "the sysctls \"%s\" are not known to be namespaced".formatted(beginning(normal(pattern))));
        }
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*") ? name.startsWith(beginning(pattern)) : name.equals(pattern);
    }

    /// `IPC`, `Net`, or empty for the host's own.
    private static String namespace(String pattern) {
        String name = beginning(pattern);
        if (OF_IPC.contains(name) || name.startsWith("fs.mqueue.")) {
            return "IPC";
        }
        return name.startsWith("net.") ? "Net" : "";
    }

    private static String beginning(String pattern) {
        return pattern.endsWith("*") ? pattern.substring(0, pattern.length() - 1) : pattern;
    }

    /// With dots: the first separator says what the others mean (sysctl.d(5)).
    static String normal(String name) {
        int dot = name.indexOf('.');
        int slash = name.indexOf('/');
        if (slash < 0 || dot >= 0 && dot < slash) {
            return name;
        }
        var turned = new StringBuilder(name);
        for (int i = 0; i < turned.length(); i++) {
            char at = turned.charAt(i);
            turned.setCharAt(i, at == '/' ? '.' : at == '.' ? '/' : at);
        }
        return turned.toString();
    }
}
