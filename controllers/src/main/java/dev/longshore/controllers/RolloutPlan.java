package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which ReplicaSets of a Deployment grow and shrink in the next step of a rollout: pure arithmetic.
///
/// Never more pods than `desired + maxSurge`, never fewer available than `desired - maxUnavailable`.
///
/// ```
/// desired 3, surge 1, unavailable 0          old 3/3 available      new 0
///   step: grow new by the surge                  3                      1
///   new one available: shrink old by one         2                      1
///   grow again …                                 0                      3
/// ```
record RolloutPlan(int desired, int maxSurge, int maxUnavailable) {

    /// One ReplicaSet as it is.
    ///
    /// @param replicas what its spec asks for
    /// @param available how many of its pods are available
    record Member(String name, int replicas, int available) {}

    /// The plan of a Deployment with `desired` replicas. Percentages round up for surge and down for
    /// unavailability; when both come to nothing, one may be unavailable.
    static RolloutPlan of(int desired, IntOrString maxSurge, IntOrString maxUnavailable) {
        int surge = scaled(maxSurge, desired, true);
        int unavailable = Math.min(desired, scaled(maxUnavailable, desired, false));
        return new RolloutPlan(desired, surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    /// How many replicas the new ReplicaSet shall have now.
    int grown(Member fresh, List<Member> old) {
        if (fresh.replicas >= desired) {
            return desired;
        }
        int total = fresh.replicas + old.stream().mapToInt(Member::replicas).sum();
        int room = desired + maxSurge - total;
        return room <= 0 ? fresh.replicas : Math.min(desired, fresh.replicas + room);
    }

    /// How many replicas each old ReplicaSet (oldest first) shall have now: first their unavailable pods go,
    /// then as many as the available ones allow.
    Map<String, Integer> shrunk(Member fresh, List<Member> old) {
        var result = new LinkedHashMap<String, Integer>();
        old.forEach(member -> result.put(member.name, member.replicas));
        int total = fresh.replicas + old.stream().mapToInt(Member::replicas).sum();
        int minAvailable = desired - maxUnavailable;
        int freshUnavailable = fresh.replicas - fresh.available;
        int budget = total - minAvailable - freshUnavailable;
        if (budget <= 0) {
            return result;
        }
        for (Member member : old) {
            int cleaned = Math.min(budget, member.replicas - Math.min(member.replicas, member.available));
            result.merge(member.name, -cleaned, Integer::sum);
            budget -= cleaned;
        }
        int available =
                fresh.available + old.stream().mapToInt(Member::available).sum();
        int spare = Math.max(0, available - minAvailable);
        for (Member member : old) {
            int left = result.get(member.name);
            int taken = Math.min(left, spare);
            result.put(member.name, left - taken);
            spare -= taken;
        }
        return result;
    }

    /// How a change of the Deployment's size is shared by ReplicaSets in proportion to theirs, when a rollout
    /// is half done.
    ///
    /// @param allowed the number of pods that all together may have
    static Map<String, Integer> proportional(List<Member> members, int allowed) {
        int total = members.stream().mapToInt(Member::replicas).sum();
        var result = new LinkedHashMap<String, Integer>();
        members.forEach(member -> result.put(member.name, member.replicas));
        int left = allowed - total;
        if (total == 0 || left == 0) {
            return result;
        }
        var largestFirst = new ArrayList<>(members);
        largestFirst.sort(Comparator.comparingInt(Member::replicas).reversed());
        int toShare = left;
        for (Member member : largestFirst) {
            int share = Math.round((float) toShare * member.replicas / total);
            int bounded = left > 0 ? Math.min(left, Math.max(0, share)) : Math.max(left, Math.min(0, share));
            bounded = Math.max(-member.replicas, bounded);
            result.merge(member.name, bounded, Integer::sum);
            left -= bounded;
        }
        String first = largestFirst.getFirst().name;
        result.put(first, Math.max(0, result.get(first) + left));
        return result;
    }

    static int scaled(IntOrString value, int of, boolean roundsUp) {
        if (value == null) {
            return 0;
        }
        if (value.getIntVal() != null) {
            return value.getIntVal();
        }
        String text = value.getStrVal();
        double share = Double.parseDouble(text.substring(0, text.length() - 1)) * of / 100;
        return (int) (roundsUp ? Math.ceil(share) : Math.floor(share));
    }
}
