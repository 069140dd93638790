package dev.longshore.docker;

import dev.longshore.network.view.Range;
import dev.longshore.network.view.Range6;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongFunction;

/// Gives out the addresses of one network.
///
/// @param taken by others
record Addresses(EngineNet network, Collection<String> taken) {

    private static final long MOST_TRIED = 1 << 20;

    /// The IPv4 address that is wanted, or the first that is free.
    ///
    /// @throws EngineException when that is taken, or none is free
    String four(String wanted) {
        AddressPool pool = network.pool();
        Range range = Range.parse(pool.subnet());
        if (!wanted.isEmpty()) {
            return own(wanted, range.contains(wanted), pool);
        }
        Range part = pool.range().isEmpty() ? range : Range.parse(pool.range());
        boolean isWhole = part.equals(range);
        long size = 1L << (32 - part.length());
        // The first and last of a subnet are not addresses of machines.
        return free(isWhole ? 1 : 0, isWhole ? size - 1 : size, offset -> part.address((int) offset), pool, "IPv4");
    }

    /// The same for IPv6.
    String six(String wanted) {
        AddressPool pool = network.pool6().orElse(AddressPool.NONE);
        Range6 range = Range6.parse(pool.subnet());
        if (!wanted.isEmpty()) {
            String plain = Range6.canonical(wanted);
            return own(plain, range.contains(plain), pool);
        }
        Range6 part = pool.range().isEmpty() ? range : Range6.parse(pool.range());
        int bits = Math.min(20, 128 - part.length());
        return free(1, 1L << bits, part::address, pool, "IPv6");
    }

    private String own(String wanted, boolean isInside, AddressPool pool) {
        if (!isInside) {
            throw EngineException.invalid("no configured subnet contains IP address " + wanted);
        }
        if (taken.contains(wanted) || wanted.equals(pool.gateway())) {
            throw EngineException.forbidden("failed to set up container networking: Address already in use");
        }
        return wanted;
    }

    private String free(long first, long end, LongFunction<String> addresses, AddressPool pool, String family) {
        Set<String> used = new HashSet<>(taken);
        used.add(pool.gateway());
        used.addAll(pool.reserved().values());
        for (long offset = first; offset < Math.min(end, first + MOST_TRIED); offset++) {
            String candidate = addresses.apply(offset);
            if (!used.contains(candidate)) {
                return candidate;
            }
        }
        throw EngineException.failed(
                "no available " + family + " addresses on this network's address pools: " + network.name() + " ("
                        + network.id() + ")",
                null);
    }

    /// A hardware address that goes with an IPv4 address, and is told by everybody who looks at it to be made up.
    static String hardware(String address) {
        int number = Range.number(address);
        return "02:42:%02x:%02x:%02x:%02x"
                .formatted(number >>> 24, number >>> 16 & 0xff, number >>> 8 & 0xff, number & 0xff);
    }
}
