package dev.longshore.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.store.Txn.Operation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Numbers of many keys, which are told without walking all of them.
class KeyCountsTest {

    private static final int KEYS = 20_000;
    private static final int ROUNDS = 400;
    private static final byte[] VALUE = "v".getBytes(StandardCharsets.UTF_8);

    @Test
    void everyRevisionCountsWhatAModelCounts() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var keys = new TreeSet<String>();
        Map<Long, TreeSet<String>> past = new TreeMap<>();
        try (Store store = Stores.inMemory(new ManualTime())) {
            for (int round = 0; round < ROUNDS; round++) {
                // It grows, then shrinks.
                boolean isPut = random.nextInt(ROUNDS) > round / 2;
                if (isPut) {
                    put(store, keys, random);
                } else {
                    delete(store, keys, random);
                }
                if (round % 40 == 0) {
                    past.put(store.revision(), new TreeSet<>(keys));
                }
                compare(store, 0, keys, random, seed);
            }
            past.forEach((revision, then) -> compare(store, revision, then, random, seed));
        }
    }

    private static void put(Store store, TreeSet<String> keys, Random random) {
        var chosen = new TreeSet<String>();
        boolean isRow = random.nextBoolean();
        int first = random.nextInt(KEYS);
        for (int i = 0; i < 128; i++) {
            chosen.add(name(isRow ? first + i : random.nextInt(KEYS)));
        }
        List<Operation> puts = chosen.stream()
                .<Operation>map(key -> new Operation.Put(Key.of(key), VALUE))
                .toList();
        store.commit(new Txn(List.of(), puts, List.of()));
        keys.addAll(chosen);
    }

    private static void delete(Store store, TreeSet<String> keys, Random random) {
        int first = random.nextInt(KEYS);
        KeyRange range = range(first, first + random.nextInt(KEYS / 10));
        store.commit(Txn.of(new Operation.Delete(range, false)));
        within(keys, range).clear();
    }

    private static void compare(Store store, long revision, TreeSet<String> keys, Random random, long seed) {
        int first = random.nextInt(KEYS);
        for (KeyRange range : List.of(
                KeyRange.prefix(Key.of("/k")),
                new KeyRange(Key.of(""), Optional.empty()),
                range(first, first + random.nextInt(KEYS)),
                range(first, first / 2))) {
            RangeResult some = store.range(new RangeQuery(range, revision, 3, true, false));
            long number =
                    store.range(new RangeQuery(range, revision, 0, false, true)).count();
            List<String> wanted = List.copyOf(within(keys, range));

            assertThat(number).as("seed %d, %s at %d", seed, range, revision).isEqualTo(wanted.size());
            assertThat(some.count()).isEqualTo(wanted.size());
            assertThat(some.more()).isEqualTo(wanted.size() > 3);
            assertThat(some.entries().stream().map(entry -> entry.key().toString()))
                    .isEqualTo(wanted.stream().limit(3).toList());
        }
    }

    @Test
    void aNumberIsThatOfItsRevisionWhileKeysComeAndGo() throws Exception {
        int number = 3_000;
        try (Store store = Stores.inMemory(new ManualTime());
                var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < number; i++) {
                store.commit(Txn.of(new Operation.Put(Key.of(name(i)), VALUE)));
            }
            Future<?> writer = readers.submit(() -> {
                for (int i = 0; i < number; i++) {
                    // One comes, one goes, in one revision.
                    store.commit(new Txn(
                            List.of(),
                            List.of(
                                    new Operation.Put(Key.of(name(number + i)), VALUE),
                                    new Operation.Delete(Key.of(name(i)))),
                            List.of()));
                }
            });
            while (!writer.isDone()) {
                RangeResult found = store.range(new RangeQuery(KeyRange.prefix(Key.of("/k")), 0, 5, true, false));
                assertThat(found.count()).isEqualTo(number);
            }
            writer.get();
        }
    }

    private static String name(int number) {
        return "/k/%06d".formatted(number);
    }

    private static KeyRange range(int first, int end) {
        return new KeyRange(Key.of(name(first)), Optional.of(Key.of(name(end))));
    }

    private static NavigableSet<String> within(TreeSet<String> keys, KeyRange range) {
        String from = range.start().toString();
        if (range.end().isEmpty()) {
            return keys.tailSet(from, true);
        }
        String to = range.end().get().toString();
        return to.compareTo(from) <= 0 ? new TreeSet<>() : keys.subSet(from, true, to, false);
    }
}
