package dev.longshore.kubelet.topology;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Merges the hints of all providers into the best one: for every combination, of each resource one, the nodes that
/// are common to all; preferred where all are preferred and the same. With two resources of which one may come from
/// node 0 or from 0 and 1 (not preferred), and the other from 0 only, that is node 0.
///
/// Costs as many steps as there are combinations, which is why machines with many nodes are refused.
final class HintMerger {

    private final NumaDistances machine;
    private final boolean prefersClosest;
    private final List<List<Hint>> hints;
    private final int wished;
    private Optional<Hint> best = Optional.empty();

    HintMerger(NumaDistances machine, boolean prefersClosest, List<List<Hint>> hints) {
        this.machine = machine;
        this.prefersClosest = prefersClosest;
        this.hints = hints;
        // The most nodes that any resource needs at least: of what is not preferred, nothing wider helps.
        this.wished = hints.stream()
                .flatMap(all -> all.stream()
                        .map(Hint::nodes)
                        .flatMap(Optional::stream)
                        .min((one, other) -> one.equals(other) ? 0 : one.isNarrowerThan(other) ? -1 : 1)
                        .stream())
                .map(NumaNodes::count)
                .max(Comparator.naturalOrder())
                .orElse(0);
    }

    /// One list for each resource of each provider.
    static List<List<Hint>> flat(List<Map<String, List<Hint>>> providers) {
        return providers.stream()
                .flatMap(provider -> provider.isEmpty()
                        ? Stream.of(List.of(Hint.NO_MATTER))
                        : provider.values().stream().map(all -> all.isEmpty() ? List.of(Hint.IMPOSSIBLE) : all))
                .toList();
    }

    Hint merge() {
        combine(0, new ArrayList<>());
        return best.orElseGet(() -> Hint.of(machine.all(), false));
    }

    private void combine(int resource, List<Hint> chosen) {
        if (resource == hints.size()) {
            Hint merged = merged(chosen);
            if (merged.nodes().orElseThrow().count() > 0 && (best.isEmpty() || isBetter(merged, best.get()))) {
                best = Optional.of(merged);
            }
            return;
        }
        for (Hint hint : hints.get(resource)) {
            chosen.add(hint);
            combine(resource + 1, chosen);
            chosen.removeLast();
        }
    }

    private Hint merged(List<Hint> chosen) {
        List<NumaNodes> sets =
                chosen.stream().map(Hint::nodes).flatMap(Optional::stream).toList();
        boolean isPreferred = chosen.stream().allMatch(Hint::isPreferred)
                && sets.stream().distinct().count() <= 1;
        return Hint.of(sets.stream().reduce(machine.all(), NumaNodes::common), isPreferred);
    }

    private boolean isBetter(Hint candidate, Hint current) {
        if (candidate.isPreferred() != current.isPreferred()) {
            return candidate.isPreferred();
        }
        NumaNodes wanted = candidate.nodes().orElseThrow();
        NumaNodes has = current.nodes().orElseThrow();
        if (candidate.isPreferred() || has.count() > wished) {
            return fits(wanted, has);
        }
        // From below, the nearer to what is wished the better; never beyond it.
        if (wanted.count() > wished || wanted.count() < has.count()) {
            return false;
        }
        return wanted.count() > has.count() || fits(wanted, has);
    }

    private boolean fits(NumaNodes wanted, NumaNodes has) {
        if (wanted.equals(has)) {
            return false;
        }
        return prefersClosest ? machine.isCloser(wanted, has) : wanted.isNarrowerThan(has);
    }
}
