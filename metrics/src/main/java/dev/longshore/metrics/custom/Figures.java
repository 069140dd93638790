package dev.longshore.metrics.custom;

import dev.longshore.model.LabelSelector;
import dev.longshore.model.Quantity;
import io.fabric8.kubernetes.api.model.Pod;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What pods tell, as it is asked for.
///
/// @param scraper empty until it is started
record Figures(Supplier<Optional<PodScraper>> scraper, PodBook book) {

    private static final int MILLI_SCALE = 3;
    private static final double MOST = 1e18;

    /// The pods of a namespace that tell something.
    List<Pod> pods(String namespace) {
        Optional<PodScraper> started = scraper.get();
        started.ifPresent(running -> running.wanted(namespace));
        return started.map(running -> running.telling(namespace)).orElse(List.of());
    }

    /// The values that `pod` tells of the series of `metric` that are `wanted`.
    List<Figure> of(Pod pod, String metric, LabelSelector wanted) {
        return book.of(pod.getMetadata().getUid()).map(history -> history.figures(metric)).orElse(List.of()).stream()
                .filter(figure -> wanted.fits(figure.labels()))
                .toList();
    }

    /// All of them together; empty if there is none.
    Optional<Figure> sum(List<Pod> pods, String metric, LabelSelector wanted) {
        return pods.stream().flatMap(pod -> of(pod, metric, wanted).stream()).reduce(Figure::plus);
    }

    /// Of all pods of a namespace, by their labels.
    List<Figure> bySeries(String namespace, String metric, LabelSelector wanted) {
        var series = new LinkedHashMap<Map<String, String>, Figure>();
        pods(namespace)
                .forEach(pod ->
                        of(pod, metric, wanted).forEach(figure -> series.merge(figure.labels(), figure, Figure::plus)));
        return new ArrayList<>(series.values());
    }

    /// The names of all metrics that pods of the namespaces that are read now tell.
    Set<String> names() {
        var names = new TreeSet<String>();
        scraper.get()
                .ifPresent(running -> running.namespaces().stream()
                        .flatMap(namespace -> running.telling(namespace).stream())
                        .forEach(pod -> book.of(pod.getMetadata().getUid())
                                .ifPresent(history -> names.addAll(history.names()))));
        names.removeIf(Predicate.not(Figures::isStep));
        return names;
    }

    /// Names with slashes could not be asked for.
    private static boolean isStep(String name) {
        return name.matches("[A-Za-z0-9_:.-]+");
    }

    /// As a quantity, in thousandths as adapters have it.
    static String quantity(double value) {
        double bounded = Math.max(-MOST, Math.min(MOST, value));
        // Never in exponents.
        return Quantity.parse(BigDecimal.valueOf(bounded)
                        .setScale(MILLI_SCALE, RoundingMode.DOWN)
                        .toPlainString())
                .toString();
    }
}
