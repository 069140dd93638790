package dev.longshore.runtime.simulated;

import dev.longshore.runtime.RuntimeFaultException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Hands out the addresses of one /24: .2 to .254. Thread-safe.
final class PodAddresses {

    private static final int FIRST = 2;
    private static final int LAST = 254;

    private final Map<String, String> bySandbox = new HashMap<>();
    private String prefix = "";
    private int next = FIRST;

    synchronized void use(String range) {
        prefix = range.substring(0, range.lastIndexOf('.') + 1);
    }

    synchronized boolean areKnown() {
        return !prefix.isEmpty();
    }

    synchronized String take(String sandboxId) {
        if (prefix.isEmpty()) {
            throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "the node has no pod range yet");
        }
        Set<String> taken = new HashSet<>(bySandbox.values());
        for (int tries = FIRST; tries <= LAST; tries++) {
            String address = prefix + next;
            next = next == LAST ? FIRST : next + 1;
            if (!taken.contains(address)) {
                bySandbox.put(sandboxId, address);
                return address;
            }
        }
        throw new RuntimeFaultException(RuntimeFaultException.Kind.FAILED, "the node's pod range is used up");
    }

    synchronized void giveBack(String sandboxId) {
        bySandbox.remove(sandboxId);
    }
}
