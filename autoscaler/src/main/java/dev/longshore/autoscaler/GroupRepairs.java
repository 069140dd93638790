package dev.longshore.autoscaler;

import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives up instances of which nothing will become: that never registered, that cannot be made, that were asked for and
/// never came.
final class GroupRepairs {

    private static final Logger log = LoggerFactory.getLogger(GroupRepairs.class);

    private final GroupRegistry registry;
    private final AutoscalerEvents events;

    GroupRepairs(GroupRegistry registry, AutoscalerEvents events) {
        this.registry = registry;
        this.events = events;
    }

    /// Removes nodes that should have registered long ago, but leaves each group its minimum.
    void removeUnregistered() {
        for (GroupView group : registry.groups()) {
            List<String> late = registry.readiness(group.id()).longUnregistered();
            int most = Math.max(0, group.targetSize() - group.minSize());
            List<String> names = late.subList(0, Math.min(late.size(), most));
            if (names.isEmpty()) {
                continue;
            }
            try {
                group.group().deleteNodes(names);
                names.forEach(name ->
                        events.cluster(Notice.normal("DeleteUnregistered", "Removed unregistered node " + name)));
            } catch (ProviderException refused) {
                names.forEach(name -> events.cluster(Notice.warning(
                        "DeleteUnregisteredFailed",
                        "Failed to remove node %s: %s".formatted(name, refused.getMessage()))));
            }
        }
    }

    /// Removes instances that cannot be made.
    void removeFailed() {
        for (GroupView group : registry.groups()) {
            List<String> names =
                    GroupRegistry.failed(group).stream().map(Instance::name).toList();
            if (!names.isEmpty()) {
                try {
                    group.group().deleteNodes(names);
                } catch (ProviderException refused) {
                    log.warn("group {}: cannot delete {}: {}", group.id(), names, refused.getMessage());
                }
            }
        }
    }

    /// Lowers targets that have been too high for too long; returns whether there was one.
    boolean lowerTargets(Instant now) {
        boolean isAny = false;
        for (GroupView group : registry.groups()) {
            int missing = registry.missing(group, now);
            if (missing > 0) {
                try {
                    group.group().decreaseTargetSize(missing);
                    isAny = true;
                } catch (ProviderException refused) {
                    log.warn("group {}: cannot lower its target: {}", group.id(), refused.getMessage());
                }
            }
        }
        return isAny;
    }
}
