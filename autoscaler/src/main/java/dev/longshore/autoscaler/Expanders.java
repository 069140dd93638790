package dev.longshore.autoscaler;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/// The expanders by their names, asked one after the other until one option is left; what is still equal then is
/// chosen from at random.
final class Expanders {

    private static final List<String> NAMES = List.of("random", "most-pods", "least-waste", "least-nodes", "priority");

    private final List<Expander> chain;
    private final RandomGenerator randomness;

    /// @param names as [#names] returned them
    Expanders(List<String> names, Priorities priorities, RandomGenerator randomness) {
        this.chain = names.stream().map(name -> expander(name, priorities)).toList();
        this.randomness = randomness;
    }

    /// The names in `text`, separated by commas.
    ///
    /// @throws IllegalArgumentException when one is unknown or comes twice
    static List<String> names(String text) {
        List<String> names = Arrays.stream(text.split(",")).map(String::strip).toList();
        for (String name : names) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException(
                        "expander \"%s\" is not supported; known are %s".formatted(name, String.join(", ", NAMES)));
            }
        }
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("an expander may be given once only: " + text);
        }
        return names;
    }

    /// One of `options`, or none if none may be used.
    Optional<Expansion> choose(List<Expansion> options) {
        List<Expansion> left = options;
        for (Expander expander : chain) {
            if (left.size() > 1 || expander instanceof Priorities) {
                left = left.isEmpty() ? left : expander.best(left);
            }
        }
        return left.isEmpty() ? Optional.empty() : Optional.of(left.get(randomness.nextInt(left.size())));
    }

    private static Expander expander(String name, Priorities priorities) {
        return switch (name) {
            case "random" -> options -> options;
            case "most-pods" ->
                options -> fewest(options, option -> -option.pods().size());
            case "least-waste" -> options -> least(options, Expanders::waste);
            case "least-nodes" -> options -> fewest(options, Expansion::nodes);
            case "priority" -> priorities;
            default -> throw new IllegalArgumentException("no expander: " + name);
        };
    }

    private static List<Expansion> fewest(List<Expansion> options, ToIntFunction<Expansion> measure) {
        int best = options.stream().mapToInt(measure).min().orElseThrow();
        return options.stream()
                .filter(option -> measure.applyAsInt(option) == best)
                .toList();
    }

    private static List<Expansion> least(List<Expansion> options, ToDoubleFunction<Expansion> measure) {
        double best = options.stream().mapToDouble(measure).min().orElseThrow();
        return options.stream()
                .filter(option -> Double.compare(measure.applyAsDouble(option), best) == 0)
                .toList();
    }

    /// The shares of processors and of memory that stay unused, added.
    private static double waste(Expansion option) {
        double cpu = option.nodes() * NodeTraits.milliCores(option.template().node());
        double memory =
                (double) option.nodes() * NodeTraits.memory(option.template().node());
        long askedCpu = option.pods().stream()
                .mapToLong(pod -> PodGroup.view(pod).request("cpu"))
                .sum();
        long askedMemory = option.pods().stream()
                .mapToLong(pod -> PodGroup.view(pod).request("memory"))
                .sum();
        return (cpu - askedCpu) / cpu + (memory - askedMemory) / memory;
    }
}
