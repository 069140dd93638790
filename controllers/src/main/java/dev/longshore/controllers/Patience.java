package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// For how long a pod puts up with the taints of its node.
sealed interface Patience {

    /// There is one that it does not tolerate.
    record None() implements Patience {}

    /// It tolerates all, some of them for so long only: the shortest counts.
    record For(Duration span) implements Patience {}

    /// It tolerates all, for ever; or there are none.
    record Endless() implements Patience {}

    /// The patience of a pod with `tolerations`. Of those that tolerate a taint the first counts.
    static Patience of(List<Toleration> tolerations, List<Taint> taints) {
        var used = new ArrayList<Toleration>();
        for (Taint taint : taints) {
            Optional<Toleration> first = tolerations.stream()
                    .filter(toleration -> NodeTaints.tolerates(toleration, taint))
                    .findFirst();
            if (first.isEmpty()) {
                return new None();
            }
            used.add(first.get());
        }
        return used.stream()
                .map(Toleration::getTolerationSeconds)
                .filter(Objects::nonNull)
                .min(Long::compareTo)
                .<Patience>map(seconds -> seconds <= 0 ? new None() : new For(Duration.ofSeconds(seconds)))
                .orElseGet(Endless::new);
    }
}
