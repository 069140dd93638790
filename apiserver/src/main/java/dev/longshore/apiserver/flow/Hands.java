package dev.longshore.apiserver.flow;

import java.nio.charset.StandardCharsets;

/// Shuffle sharding: deals each flow a few of the queues, so that two flows seldom share all of them and one
/// that floods its own leaves every other flow at least one that is quiet.
final class Hands {

    private Hands() {}

    /// A number that stands for the flow.
    static long hash(String schema, String flow) {
        long hash = 0xcbf29ce484222325L;
        hash = mixIn(hash, schema);
        // A byte that is in no name keeps `a`, `bc` and `ab`, `c` apart.
        hash = (hash ^ 0xff) * 0x100000001b3L;
        hash = mixIn(hash, flow);
        // The low bits of FNV alone are too alike for names that differ in their last letter.
        hash ^= hash >>> 33;
        hash *= 0xff51afd7ed558ccdL;
        hash ^= hash >>> 33;
        return hash;
    }

    private static long mixIn(long start, String text) {
        long hash = start;
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
        }
        return hash;
    }

    /// `size` different numbers below `deck`, the same ones for the same hash: digits of the hash in falling
    /// bases, each then counted among the cards that are left.
    static int[] deal(long hash, int deck, int size) {
        int[] hand = new int[size];
        long rest = hash;
        for (int i = 0; i < size; i++) {
            int left = deck - i;
            hand[i] = (int) Long.remainderUnsigned(rest, left);
            rest = Long.divideUnsigned(rest, left);
        }
        for (int i = size - 1; i > 0; i--) {
            for (int j = i; j > 0; j--) {
                if (hand[i] >= hand[j - 1]) {
                    hand[i]++;
                }
            }
        }
        return hand;
    }
}
