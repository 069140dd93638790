package dev.longshore.kubelet.serving;

import java.util.HashSet;
import java.util.Set;

/// How many cores and sockets `/proc/cpuinfo` tells of; processors that are threads of one core count as one.
final class ProcessorCounts {

    private final Set<String> cores = new HashSet<>();
    private final Set<String> sockets = new HashSet<>();

    /// Takes both numbers.
    interface Taker {
        void take(long cores, long sockets);
    }

    ProcessorCounts(String cpuinfo) {
        String socket = "";
        for (String line : cpuinfo.lines().toList()) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("physical id")) {
                socket = value;
                sockets.add(socket);
            } else if (line.startsWith("core id")) {
                cores.add(socket + "/" + value);
            }
        }
    }

    /// Some kinds of processors tell of neither.
    void ifKnown(Taker taker) {
        if (!cores.isEmpty()) {
            taker.take(cores.size(), sockets.size());
        }
    }
}
