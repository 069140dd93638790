package dev.longshore.controllers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How a change of a Deployment's size is shared out among its ReplicaSets while a rollout is half done: in
/// proportion to their sizes, so that the change hastens neither the old nor the new template. The largest set
/// takes what rounding leaves over; among sets of one size, newer ones grow first and older ones shrink first.
final class ProportionalShares {

    /// One active ReplicaSet.
    ///
    /// @param mostBefore how many pods its Deployment was allowed when the set was last sized; zero if unknown
    /// @param created sorts as time does
    record Share(String name, int replicas, int mostBefore, String created) {}

    private static final Comparator<Share> BY_SIZE =
            Comparator.comparingInt(Share::replicas).reversed();
    private static final Comparator<Share> BY_AGE =
            Comparator.comparing(Share::created).thenComparing(Share::name);

    private ProportionalShares() {}

    /// The new size of each of `shares`, the largest first.
    ///
    /// @param presentPods how many pods there are, for sets that do not know what was allowed before
    static Map<String, Integer> of(RolloutPlan plan, List<Share> shares, int presentPods) {
        int total = shares.stream().mapToInt(Share::replicas).sum();
        int toAdd = (plan.desired() == 0 ? 0 : plan.most()) - total;
        var ordered = new ArrayList<>(shares);
        ordered.sort(BY_SIZE.thenComparing(toAdd > 0 ? BY_AGE.reversed() : BY_AGE));
        var sizes = new LinkedHashMap<String, Integer>();
        int added = 0;
        for (Share share : ordered) {
            int part = toAdd == added ? 0 : part(plan, share, presentPods, toAdd, toAdd - added);
            sizes.put(share.name, share.replicas + part);
            added += part;
        }
        if (toAdd != 0 && !ordered.isEmpty()) {
            int leftover = toAdd - added;
            sizes.computeIfPresent(ordered.getFirst().name, (name, size) -> Math.max(0, size + leftover));
        }
        return sizes;
    }

    private static int part(RolloutPlan plan, Share share, int presentPods, int toAdd, int allowed) {
        int fraction = fraction(plan, share, presentPods);
        return toAdd > 0 ? Math.min(fraction, allowed) : Math.max(fraction, allowed);
    }

    private static int fraction(RolloutPlan plan, Share share, int presentPods) {
        if (plan.desired() == 0) {
            return -share.replicas;
        }
        int before = share.mostBefore == 0 ? presentPods : share.mostBefore;
        return before == 0 ? 0 : (int) Math.round((double) share.replicas * plan.most() / before) - share.replicas;
    }
}
