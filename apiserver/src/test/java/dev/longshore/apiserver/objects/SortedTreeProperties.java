package dev.longshore.apiserver.objects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class SortedTreeProperties {

    @Property(tries = 200)
    void aTreeHoldsWhatAMapHolds(@ForAll @Size(max = 300) List<@IntRange(max = 120) Integer> steps) {
        SortedTree<Integer> tree = SortedTree.empty();
        var model = new TreeMap<Key, Integer>();
        for (int i = 0; i < steps.size(); i++) {
            Key key = key(steps.get(i) / 2);
            // Odd numbers remove, even ones put.
            boolean puts = steps.get(i) % 2 == 0;
            tree = puts ? tree.with(key, i) : tree.without(key);
            if (puts) {
                model.put(key, i);
            } else {
                model.remove(key);
            }
        }
        assertThat(contents(tree, everything())).isEqualTo(List.copyOf(model.values()));
        assertThat(tree.size()).isEqualTo(model.size());
    }

    @Property(tries = 100)
    void rangesAreCountedAndShown(
            @ForAll @Size(max = 100) List<@IntRange(max = 99) Integer> keys,
            @ForAll @IntRange(max = 99) int from,
            @ForAll @IntRange(max = 99) int to) {
        SortedTree<Integer> tree = SortedTree.empty();
        var model = new TreeMap<Key, Integer>();
        for (int number : keys) {
            tree = tree.with(key(number), number);
            model.put(key(number), number);
        }
        var range = new KeyRange(key(from), Optional.of(key(to)));
        List<Integer> expected = from > to
                ? List.of()
                : List.copyOf(model.subMap(key(from), key(to)).values());

        assertThat(contents(tree, range)).isEqualTo(expected);
        assertThat(tree.count(range)).isEqualTo(expected.size());
    }

    @Property(tries = 50)
    void whoHoldsATreeSeesNoChange(@ForAll @Size(min = 1, max = 50) List<@IntRange(max = 40) Integer> keys) {
        SortedTree<Integer> before = SortedTree.empty();
        for (int number : keys) {
            before = before.with(key(number), number);
        }
        List<Integer> seen = contents(before, everything());

        SortedTree<Integer> after = before;
        for (int number : keys) {
            after = after.without(key(number));
        }

        assertThat(contents(before, everything())).isEqualTo(seen);
        assertThat(after.size()).isZero();
    }

    private static KeyRange everything() {
        return new KeyRange(Key.of(""), Optional.empty());
    }

    private static Key key(int number) {
        return Key.of("k%02d".formatted(number));
    }

    private static List<Integer> contents(SortedTree<Integer> tree, KeyRange range) {
        var contents = new ArrayList<Integer>();
        tree.forEach(range, (key, value) -> contents.add(value));
        return contents;
    }
}
