package dev.longshore.autoscaler;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Makes groups grow, and says so.
final class GroupGrowth {

    private final GroupRegistry registry;
    private final AutoscalerEvents events;

    GroupGrowth(GroupRegistry registry, AutoscalerEvents events) {
        this.registry = registry;
        this.events = events;
    }

    /// Asks for what `resizes` say, and stops at the first that fails; returns those that did not.
    List<Resize> grow(List<Resize> resizes, Instant now) {
        var done = new ArrayList<Resize>();
        for (Resize resize : resizes) {
            GroupView group = resize.group();
            String sizes =
                    "%d instead of %d (max: %d)".formatted(resize.newSize(), group.targetSize(), group.maxSize());
            events.cluster(Notice.normal(
                    "ScaledUpGroup", "Scale-up: setting group %s size to %s".formatted(group.id(), sizes)));
            try {
                group.group().increaseSize(resize.increase());
            } catch (ProviderException refused) {
                events.cluster(Notice.warning(
                        "FailedToScaleUpGroup",
                        "Scale-up failed for group %s: %s".formatted(group.id(), refused.getMessage())));
                registry.failedToGrow(
                        group,
                        new Instance.Failure(
                                "cloudProviderError", "failed to increase node group size: " + refused.getMessage()),
                        now);
                break;
            }
            registry.grew(group, resize.increase(), now);
            events.cluster(
                    Notice.normal("ScaledUpGroup", "Scale-up: group %s size set to %s".formatted(group.id(), sizes)));
            done.add(resize);
        }
        return done;
    }
}
