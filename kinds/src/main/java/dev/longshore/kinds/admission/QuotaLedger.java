package dev.longshore.kinds.admission;

import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/// The writes that have been charged to quotas and are not stored yet. Who counts a namespace's objects anew does not
/// see them among these, and would give what they have taken to others. Thread-safe.
final class QuotaLedger {

    private final Map<String, Set<Charge>> charges = new ConcurrentHashMap<>();

    /// One write, and how far it has come with each quota. A quota's state is told by the version that a step is based
    /// on: whoever writes upon that version himself comes before the step, which is then taken anew.
    static final class Charge {
        private final GroupResource resource;
        private final Resource object;
        private final Optional<Resource> old;
        private final Map<String, Step> steps = new ConcurrentHashMap<>();

        /// @param old what is stored before it; empty for new objects
        Charge(GroupResource resource, Resource object, Optional<Resource> old) {
            this.resource = resource;
            this.object = object.copy();
            this.old = old;
        }

        private record Step(State state, String base) {}

        private enum State {
            TAKING,
            TAKEN,
            RETURNING
        }

        /// It is about to be charged to `quota`, as it is now.
        void takes(Resource quota) {
            steps.put(quota.name(), new Step(State.TAKING, quota.resourceVersion()));
        }

        void hasTaken(String quota) {
            steps.put(quota, new Step(State.TAKEN, ""));
        }

        /// It is about to be given back.
        void returns(Resource quota) {
            steps.put(quota.name(), new Step(State.RETURNING, quota.resourceVersion()));
        }

        void hasReturned(String quota) {
            steps.remove(quota);
        }

        /// True if `quota`, as it is, has been charged with it; empty if that cannot be told at this moment.
        private Optional<Boolean> isIn(Resource quota) {
            Step step = steps.get(quota.name());
            if (step == null) {
                return Optional.of(false);
            }
            boolean isBased = step.base.equals(quota.resourceVersion());
            return switch (step.state) {
                case TAKEN -> Optional.of(true);
                case TAKING -> isBased ? Optional.of(false) : Optional.empty();
                case RETURNING -> isBased ? Optional.of(true) : Optional.empty();
            };
        }

        /// True if it is among the `stored` objects of its resource.
        private boolean isAmong(Map<String, Resource> stored) {
            Optional<Resource> found = Optional.ofNullable(stored.get(object.name()));
            return old.map(before -> found.filter(now -> now.resourceVersion().equals(before.resourceVersion()))
                            .isEmpty())
                    .orElse(found.filter(now -> now.uid().equals(object.uid())).isPresent());
        }

        /// What it adds to `quota`.
        private Map<String, Quantity> adds(Resource quota, QuotaUsage usage) {
            if (!QuotaUsage.concerns(quota, resource, object)) {
                return Map.of();
            }
            return old.filter(before -> QuotaUsage.concerns(quota, resource, before))
                    .map(before -> usage.added(resource, object, before))
                    .orElseGet(() -> usage.of(resource, object));
        }
    }

    /// True if `quota` cannot be counted at this moment, since somebody is just being charged.
    boolean isUncertain(Resource quota) {
        return charges.getOrDefault(quota.namespace(), Set.of()).stream()
                .anyMatch(charge -> charge.isIn(quota).isEmpty());
    }

    void begin(String namespace, Charge charge) {
        charges.compute(namespace, (same, present) -> {
            Set<Charge> all = present == null ? ConcurrentHashMap.newKeySet() : present;
            all.add(charge);
            return all;
        });
    }

    void end(String namespace, Charge charge) {
        charges.computeIfPresent(namespace, (same, present) -> {
            present.remove(charge);
            return present.isEmpty() ? null : present;
        });
    }

    /// The status of `quota` by a full count, with what is on its way.
    ObjectNode count(Resource quota, Registry registry, Instant now) {
        // First what is on its way: if it arrives meanwhile it is found there, and if it was there it is in the list.
        List<Charge> onTheirWay = charges.getOrDefault(quota.namespace(), Set.of()).stream()
                .filter(charge -> charge.isIn(quota).orElse(true))
                .toList();
        var lists = new HashMap<GroupResource, Map<String, Resource>>();
        ObjectNode status = QuotaStatus.of(
                quota,
                resource -> {
                    List<Resource> found = registry.list(resource, quota.namespace());
                    Map<String, Resource> byName = new HashMap<>();
                    found.forEach(object -> byName.put(object.name(), object));
                    lists.put(resource, byName);
                    return found;
                },
                now);
        var usage = new QuotaUsage(now);
        Map<String, Quantity> more = new TreeMap<>();
        for (Charge charge : onTheirWay) {
            Map<String, Resource> stored = lists.get(charge.resource);
            if (stored != null && !charge.isAmong(stored)) {
                charge.adds(quota, usage).forEach((name, amount) -> more.merge(name, amount, Quantity::plus));
            }
        }
        ObjectNode used = status.withObject("used");
        more.forEach((name, amount) -> {
            if (used.has(name)) {
                used.put(
                        name,
                        Quantity.parse(used.get(name).asString()).plus(amount).toString());
            }
        });
        return status;
    }
}
