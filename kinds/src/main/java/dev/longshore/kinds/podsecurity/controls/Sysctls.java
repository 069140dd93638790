package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Only settings of the kernel that a pod has for itself.
final class Sysctls {

    private static final Set<String> FIRST = Set.of(
            "kernel.shm_rmid_forced",
            "net.ipv4.ip_local_port_range",
            "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range",
            "net.ipv4.ip_unprivileged_port_start");
    private static final Set<String> SINCE_27 = with(FIRST, "net.ipv4.ip_local_reserved_ports");
    private static final Set<String> SINCE_29 = with(
            SINCE_27,
            "net.ipv4.tcp_keepalive_time",
            "net.ipv4.tcp_fin_timeout",
            "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes");
    private static final Set<String> SINCE_32 = with(SINCE_29, "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");

    private Sysctls() {}

    static Control control() {
        return Control.of(
                "sysctls",
                Level.BASELINE,
                Control.Revision.since(0, pod -> judge(pod, FIRST)),
                Control.Revision.since(27, pod -> judge(pod, SINCE_27)),
                Control.Revision.since(29, pod -> judge(pod, SINCE_29)),
                Control.Revision.since(32, pod -> judge(pod, SINCE_32)));
    }

    private static Set<String> with(Set<String> before, String... more) {
        return Stream.concat(before.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<Violation> judge(PodSubject pod, Set<String> allowed) {
        List<String> forbidden = Trees.list(pod.security(), "sysctls").stream()
                .map(sysctl -> Trees.text(sysctl, "name"))
                .filter(name -> !allowed.contains(name))
                .toList();
        return forbidden.isEmpty()
                ? Optional.empty()
                : Optional.of(new Violation("forbidden sysctls", String.join(", ", forbidden)));
    }
}
