package dev.longshore.kinds.services;

import dev.longshore.base.Json;
import dev.longshore.model.Registry;
import java.util.Base64;
import java.util.BitSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import tools.jackson.databind.node.ObjectNode;

/// A stock of numbers, kept as a bitmap in a record of the registry: who takes one marks its bit in one atomic
/// change, so that two servers never give out the same.
///
/// The low numbers are left to those who ask for them by name. Above them numbers are taken at random from a
/// window that doubles when it is half full: the bitmap stays as short as the numbers in use, and a number that
/// was just given back is rarely the next to go out.
///
/// @param key the record
/// @param range what the stock is of, as text; a record of another range is not read but begun anew
/// @param first the lowest number that may be taken at all
/// @param reserved numbers below this are only taken by name
/// @param size numbers are below this
record Stock(String key, String range, int first, int reserved, int size, RandomGenerator random) {

    private static final int WINDOW = 2048;

    /// Takes `number`; false if it is taken.
    boolean take(Registry registry, int number) {
        var isTaken = new boolean[1];
        registry.changeRecord(key, entry -> {
            BitSet bits = read(entry);
            isTaken[0] = bits.get(number);
            bits.set(number);
            return write(bits);
        });
        return !isTaken[0];
    }

    /// Takes any number; empty if none is left.
    Optional<Integer> takeAny(Registry registry) {
        var taken = new int[] {-1};
        registry.changeRecord(key, entry -> {
            BitSet bits = read(entry);
            taken[0] = choose(bits);
            if (taken[0] >= 0) {
                bits.set(taken[0]);
            }
            return write(bits);
        });
        return taken[0] < 0 ? Optional.empty() : Optional.of(taken[0]);
    }

    /// Gives `numbers` back.
    void giveBack(Registry registry, Set<Integer> numbers) {
        if (numbers.isEmpty()) {
            return;
        }
        registry.changeRecord(key, entry -> {
            BitSet bits = read(entry);
            numbers.forEach(bits::clear);
            return write(bits);
        });
    }

    /// Takes all of `numbers`, whoever had them.
    void takeAll(Registry registry, Set<Integer> numbers) {
        registry.changeRecord(key, entry -> {
            BitSet bits = read(entry);
            numbers.forEach(bits::set);
            return write(bits);
        });
    }

    /// Makes `numbers` those that are taken, and no others.
    void reset(Registry registry, Set<Integer> numbers) {
        registry.changeRecord(key, entry -> {
            var bits = new BitSet();
            numbers.forEach(bits::set);
            return write(bits);
        });
    }

    private int choose(BitSet bits) {
        int window = Math.min(WINDOW, size - reserved);
        while (window < size - reserved && bits.get(reserved, reserved + window).cardinality() > window / 2) {
            window = Math.min(window * 2, size - reserved);
        }
        if (window > 0) {
            int start = reserved + random.nextInt(window);
            int above = bits.nextClearBit(start);
            if (above < reserved + window) {
                return above;
            }
            int below = bits.nextClearBit(reserved);
            if (below < size) {
                return below;
            }
        }
        // The rest is gone: better one of the low numbers than none.
        int low = bits.nextClearBit(first);
        return low < Math.min(reserved, size) ? low : -1;
    }

    private BitSet read(ObjectNode entry) {
        return entry.path("range").asString("").equals(range)
                ? BitSet.valueOf(Base64.getDecoder().decode(entry.path("data").asString("")))
                : new BitSet();
    }

    private ObjectNode write(BitSet bits) {
        return Json.object().put("range", range).put("data", Base64.getEncoder().encodeToString(bits.toByteArray()));
    }
}
