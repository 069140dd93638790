package dev.longshore.kubelet.measures;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/// Counts how often something happened. Thread-safe.
public final class Counter implements Family {

    private final String name;
    private final String help;
    private final Labels labels;
    private final Map<List<String>, LongAdder> counts = new ConcurrentSkipListMap<>(Labels.ORDER);

    /// @param labels in the order of the alphabet
    public Counter(String name, String help, String... labels) {
        this.name = name;
        this.help = help;
        this.labels = new Labels(List.of(labels));
    }

    /// It happened once more.
    ///
    /// @param values of the labels, in their order
    public void add(String... values) {
        counts.computeIfAbsent(labels.values(values), key -> new LongAdder()).increment();
    }

    @Override
    public void forget(Predicate<List<String>> values) {
        counts.keySet().removeIf(values);
    }

    @Override
    public void write(Page page) {
        page.family(name, "counter", help);
        counts.forEach((values, count) -> page.sample(name, BigDecimal.valueOf(count.sum()), labels.with(values)));
    }
}
