package dev.longshore.runtime.simulated;

import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.RuntimeFaultException.Kind;
import java.util.HashSet;
import java.util.Set;

/// Hands out the addresses of an IPv4 range, each to one owner at a time, going round so that an address is not
/// used again at once. The first two and the last are never given. Thread-safe.
final class AddressPool {

    private static final int BITS = 32;
    private static final int FIRST = 2;

    private final int network;
    private final int size;
    private final Set<Integer> taken = new HashSet<>();
    private int next = FIRST;

    /// @param cidr as `10.244.3.0/24`
    AddressPool(String cidr) {
        String[] parts = cidr.split("/", 2);
        String[] bytes = parts[0].split("\\.");
        int prefix = parts.length == 2 ? Integer.parseInt(parts[1]) : BITS;
        if (bytes.length != Integer.BYTES || prefix < 8 || prefix > BITS - 2) {
            throw new IllegalArgumentException("not an IPv4 range of /8 to /30: " + cidr);
        }
        int address = 0;
        for (String part : bytes) {
            address = address << Byte.SIZE | Integer.parseInt(part);
        }
        this.size = 1 << (BITS - prefix);
        this.network = address & -size;
    }

    synchronized String take() {
        for (int tried = FIRST; tried < size - 1; tried++) {
            int offset = next;
            next = next + 1 < size - 1 ? next + 1 : FIRST;
            if (taken.add(offset)) {
                return text(network + offset);
            }
        }
        throw new RuntimeFaultException(Kind.FAILED, "no addresses are left in " + text(network));
    }

    synchronized void release(String address) {
        int number = 0;
        for (String part : address.split("\\.")) {
            number = number << Byte.SIZE | Integer.parseInt(part);
        }
        taken.remove(number - network);
    }

    private static String text(int address) {
        return "%d.%d.%d.%d".formatted(address >>> 24, address >>> 16 & 255, address >>> 8 & 255, address & 255);
    }
}
