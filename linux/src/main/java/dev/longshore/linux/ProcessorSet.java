package dev.longshore.linux;

import java.util.Collection;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/// Processors by their numbers, as the kernel writes them in lists (`0-2,4`). Immutable.
public record ProcessorSet(NavigableSet<Integer> numbers) {

    private static final int HIGHEST = 8191;

    /// No processor.
    public static final ProcessorSet NONE = new ProcessorSet(new TreeSet<>());

    public ProcessorSet {
        numbers = Collections.unmodifiableNavigableSet(new TreeSet<>(numbers));
    }

    /// These.
    public static ProcessorSet of(Collection<Integer> numbers) {
        return new ProcessorSet(new TreeSet<>(numbers));
    }

    /// Out of a list as `0-2,4`; empty text is no processor.
    ///
    /// @throws IllegalArgumentException when it is no such list
    public static ProcessorSet parse(String list) {
        var numbers = new TreeSet<Integer>();
        if (!list.isBlank()) {
            for (String part : list.strip().split(",", -1)) {
                String[] ends = part.strip().split("-", 2);
                int first = number(ends[0], list);
                int last = ends.length == 1 ? first : number(ends[1], list);
                if (last < first) {
                    throw new IllegalArgumentException("\"" + list + "\" is no list of processors, as 0-2,4");
                }
                for (int number = first; number <= last; number++) {
                    numbers.add(number);
                }
            }
        }
        return new ProcessorSet(numbers);
    }

    private static int number(String text, String list) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0 && number <= HIGHEST) {
                return number;
            }
            throw new IllegalArgumentException("no machine has a processor " + number);
        } catch (NumberFormatException wrong) {
            throw new IllegalArgumentException("\"" + list + "\" is no list of processors, as 0-2,4", wrong);
        }
    }

    /// These and those.
    public ProcessorSet and(ProcessorSet others) {
        var all = new TreeSet<>(numbers);
        all.addAll(others.numbers);
        return new ProcessorSet(all);
    }

    /// These without those.
    public ProcessorSet without(ProcessorSet others) {
        var rest = new TreeSet<>(numbers);
        rest.removeAll(others.numbers);
        return new ProcessorSet(rest);
    }

    /// How many.
    public int size() {
        return numbers.size();
    }

    /// Whether there is none.
    public boolean isEmpty() {
        return numbers.isEmpty();
    }

    /// As the kernel reads it: `0-2,4`.
    @Override
    public String toString() {
        var text = new StringBuilder();
        Integer first = null;
        Integer last = null;
        for (Integer number : numbers) {
            if (last != null && number == last + 1) {
                last = number;
                continue;
            }
            append(text, first, last);
            first = number;
            last = number;
        }
        append(text, first, last);
        return text.toString();
    }

    private static void append(StringBuilder text, Integer first, Integer last) {
        if (first == null) {
            return;
        }
        text.append(text.isEmpty() ? "" : ",").append(first);
        if (!first.equals(last)) {
            text.append('-').append(last);
        }
    }
}
