package dev.longshore.journeys;

import java.util.List;
import java.util.TreeSet;

/// What a cluster could leave on the host, as a picture to compare before and after. Commands for the hollow
/// cluster that other tests use meanwhile are not part of it.
final class HostTraces {

    private static final List<String> LOOKS = List.of(
            "ps -eo pid,args --no-headers | grep -E 'longshore|conmon|crun' | grep -vE 'defunct|grep|mvn|surefire|maven|longshore-hollow|ps -eo'",
            "cat /proc/self/mountinfo | awk '{print $5}'",
            "ip netns list",
            "ls /run/netns /var/run/netns 2>/dev/null",
            "ip -o link show | awk -F': ' '{print $2}' | cut -d@ -f1",
            // Whether a bridge has anything on it is not of interest.
            "ip route show table all | grep -v 'proto kernel scope link' | sed 's/ linkdown//'",
            "find /sys/fs/cgroup -maxdepth 3 -type d -name '*longshore*'",
            "nft list tables",
            "sysctl -a 2>/dev/null | grep -E 'ip_forward |bridge-nf|route_localnet'");

    private HostTraces() {}

    /// Everything that can be seen now, one line each.
    static TreeSet<String> now(Shell shell) {
        var traces = new TreeSet<String>();
        for (String look : LOOKS) {
            shell.run("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + look)
                    .out()
                    .lines()
                    .forEach(line -> traces.add(look.split(" ")[0] + ": " + line.strip()));
        }
        return traces;
    }
}
