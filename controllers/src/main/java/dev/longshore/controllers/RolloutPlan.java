package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
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
        int unavailable = scaled(maxUnavailable, desired, false);
        return new RolloutPlan(desired, surge, Math.min(desired, surge == 0 && unavailable == 0 ? 1 : unavailable));
    }

    /// That of `deployment`; one that recreates has neither surge nor leave to be without pods.
    static RolloutPlan of(Deployment deployment) {
        var rolling = deployment.getSpec().getStrategy().getRollingUpdate();
        return rolling == null
                ? new RolloutPlan(desired(deployment), 0, 0)
                : of(desired(deployment), rolling.getMaxSurge(), rolling.getMaxUnavailable());
    }

    static int desired(Deployment deployment) {
        return deployment.getSpec().getReplicas() == null
                ? 1
                : deployment.getSpec().getReplicas();
    }

    /// How many pods there may be at most.
    int most() {
        return desired + maxSurge;
    }

    /// How many replicas the new ReplicaSet shall have now.
    int grown(Member fresh, List<Member> old) {
        if (fresh.replicas >= desired) {
            return desired;
        }
        int room = most() - fresh.replicas - replicas(old);
        return room <= 0 ? fresh.replicas : Math.min(desired, fresh.replicas + room);
    }

    /// How many replicas each old ReplicaSet (oldest first) shall have without those of its pods that are not
    /// available: these go first, as they serve nobody.
    Map<String, Integer> cleaned(Member fresh, List<Member> old) {
        var result = sizes(old);
        int budget = budget(fresh, old);
        for (Member member : old) {
            int idle = Math.max(0, member.replicas - member.available);
            int cleaned = Math.max(0, Math.min(budget, idle));
            result.merge(member.name, -cleaned, Integer::sum);
            budget -= cleaned;
        }
        return result;
    }

    /// How many replicas each old ReplicaSet (oldest first) shall have then: as many go as the available pods
    /// allow.
    ///
    /// @param sizes what [#cleaned] says
    Map<String, Integer> shrunk(Member fresh, List<Member> old, Map<String, Integer> sizes) {
        var result = new LinkedHashMap<>(sizes);
        if (budget(fresh, old) <= 0) {
            return result;
        }
        int available =
                fresh.available + old.stream().mapToInt(Member::available).sum();
        int spare = Math.max(0, available - (desired - maxUnavailable));
        for (Member member : old) {
            int taken = Math.min(result.get(member.name), spare);
            result.merge(member.name, -taken, Integer::sum);
            spare -= taken;
        }
        return result;
    }

    /// Both, one after the other.
    Map<String, Integer> shrunk(Member fresh, List<Member> old) {
        Map<String, Integer> cleaned = cleaned(fresh, old);
        return shrunk(fresh, old, cleaned);
    }

    /// How many old pods may go: those of the new set that are not available yet keep as many old ones alive.
    private int budget(Member fresh, List<Member> old) {
        int total = fresh.replicas + replicas(old);
        return total - (desired - maxUnavailable) - (fresh.replicas - fresh.available);
    }

    private static int replicas(List<Member> members) {
        return members.stream().mapToInt(Member::replicas).sum();
    }

    private static LinkedHashMap<String, Integer> sizes(List<Member> members) {
        var sizes = new LinkedHashMap<String, Integer>();
        members.forEach(member -> sizes.put(member.name, member.replicas));
        return sizes;
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
