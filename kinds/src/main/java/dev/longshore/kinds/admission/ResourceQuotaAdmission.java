package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// Refuses what would bring a namespace over one of its quotas. What is used is counted anew from what is
/// there, and written into the quota's status for people to see.
final class ResourceQuotaAdmission implements Admission {

    private static final GroupResource QUOTAS = new GroupResource("", "resourcequotas");
    private static final Set<String> COMPUTE =
            Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

    @Override
    public String name() {
        return "ResourceQuota";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isCreate =
                attempt.operation() == Operation.CREATE && attempt.subresource().isEmpty();
        if (!isCreate || attempt.namespace().isEmpty() || attempt.object().isEmpty()) {
            return;
        }
        Resource object = attempt.object().get();
        for (Resource quota : registry.list(QUOTAS, attempt.namespace())) {
            if (QuotaUsage.concerns(quota, attempt.resource(), object)) {
                check(attempt, registry, quota, object);
            }
        }
    }

    private static void check(Attempt attempt, Registry registry, Resource quota, Resource object) {
        Map<String, Quantity> hard = new TreeMap<>();
        quota.texts("spec", "hard").forEach((name, amount) -> hard.put(name, Quantity.parse(amount)));
        Map<String, Quantity> asked = new TreeMap<>(QuotaUsage.of(attempt.resource(), object));
        asked.keySet().retainAll(hard.keySet());
        if (attempt.resource().equals(Attempts.PODS)) {
            mustSay(attempt, quota, hard.keySet(), object);
        }
        if (asked.isEmpty()) {
            return;
        }
        Map<String, Quantity> used = QuotaUsage.total(registry, quota, attempt.resource());
        var over = new TreeSet<String>();
        asked.forEach((name, amount) -> {
            Quantity before = used.getOrDefault(name, Quantity.ZERO);
            if (before.plus(amount).compareTo(hard.get(name)) > 0) {
                over.add(name);
            }
        });
        if (!over.isEmpty()) {
            throw Attempts.forbidden(
                    attempt,
                    "exceeded quota: %s, requested: %s, used: %s, limited: %s"
                            .formatted(quota.name(), shown(asked, over), shown(used, over), shown(hard, over)));
        }
        if (!attempt.call().dryRun()) {
            asked.forEach((name, amount) -> used.merge(name, amount, Quantity::plus));
            registry.change(QUOTAS, quota.namespace(), quota.name(), present -> note(present, used));
        }
    }

    /// What counts must be said, or nothing would ever be used up.
    private static void mustSay(Attempt attempt, Resource quota, Set<String> hard, Resource pod) {
        var missing = new TreeMap<String, String>();
        for (String name : hard) {
            if (!COMPUTE.contains(name)) {
                continue;
            }
            String list = name.startsWith("limits.") ? "limits" : "requests";
            String resource = name.substring(name.indexOf('.') + 1);
            var silent = new TreeSet<String>();
            for (String containers : new String[] {"containers", "initContainers"}) {
                for (ObjectNode container : Trees.list(pod.tree(), "spec", containers)) {
                    if (!Trees.has(container, "resources", list, resource)) {
                        silent.add(Trees.text(container, "name"));
                    }
                }
            }
            if (!silent.isEmpty()) {
                missing.put(name, String.join(",", silent));
            }
        }
        if (!missing.isEmpty()) {
            String list = String.join(
                    "; ",
                    missing.entrySet().stream()
                            .map(entry -> entry.getKey() + " for: " + entry.getValue())
                            .toList());
            throw Attempts.forbidden(attempt, "failed quota: " + quota.name() + ": must specify " + list);
        }
    }

    private static String shown(Map<String, Quantity> amounts, Set<String> names) {
        return String.join(
                ",",
                names.stream()
                        .map(name -> name + "=" + amounts.getOrDefault(name, Quantity.ZERO))
                        .toList());
    }

    private static Resource note(Resource quota, Map<String, Quantity> used) {
        ObjectNode status = quota.object("status");
        quota.find("spec", "hard").ifPresent(hard -> {
            status.set("hard", hard.deepCopy());
            ObjectNode usage = status.withObject("used");
            hard.propertyNames().forEach(name -> {
                if (used.containsKey(name)) {
                    usage.put(name, used.get(name).toString());
                } else if (!usage.has(name)) {
                    usage.put(name, "0");
                }
            });
        });
        return quota;
    }
}
