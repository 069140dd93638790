package dev.longshore.kinds.admission;

import dev.longshore.base.Time;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Quantity;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Refuses what would bring a namespace over one of its quotas. The usage stands in the quota's status: each
/// write that passes adds to it, and a controller counts anew what deletions and failed writes free.
final class ResourceQuotaAdmission implements Admission {

    private static final GroupResource QUOTAS = new GroupResource("", "resourcequotas");
    private static final String COUNTER = "system:serviceaccount:kube-system:resourcequota-controller";
    /// Kinds whose changes can use more.
    private static final Set<GroupResource> CHANGING =
            Set.of(new GroupResource("", "services"), Attempts.CLAIMS, QuotaUsage.DEVICES);

    /// What is not stored, and events.
    private static final Set<GroupResource> IGNORED = Set.of(
            new GroupResource("", "bindings"),
            new GroupResource("", "componentstatuses"),
            new GroupResource("", "events"),
            new GroupResource("events.k8s.io", "events"),
            new GroupResource("authentication.k8s.io", "tokenreviews"),
            new GroupResource("authentication.k8s.io", "selfsubjectreviews"),
            new GroupResource("authorization.k8s.io", "subjectaccessreviews"),
            new GroupResource("authorization.k8s.io", "selfsubjectaccessreviews"),
            new GroupResource("authorization.k8s.io", "localsubjectaccessreviews"),
            new GroupResource("authorization.k8s.io", "selfsubjectrulesreviews"));

    private static final Set<String> COMPUTE =
            Set.of("cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

    @Override
    public String name() {
        return "ResourceQuota";
    }

    private final QuotaLedger ledger = new QuotaLedger();
    private final LimitedResources limited;
    private final Time time;

    /// @param limited what needs a quota to be used at all
    ResourceQuotaAdmission(LimitedResources limited, Time time) {
        this.limited = limited;
        this.time = time;
    }

    /// Who counts anew is told of what is on its way, or two would get the same.
    @Override
    public void mutate(Attempt attempt, Registry registry) {
        boolean isCount = attempt.operation() == Operation.UPDATE
                && attempt.resource().equals(QUOTAS)
                && attempt.subresource().equals("status")
                && attempt.call().user().name().equals(COUNTER);
        if (isCount) {
            attempt.object().ifPresent(quota -> recount(attempt, registry, quota));
        }
    }

    private void recount(Attempt attempt, Registry registry, Resource quota) {
        if (ledger.isUncertain(quota)) {
            throw new FaultException(new Fault.Conflict(QUOTAS, attempt.name(), Fault.Conflict.MODIFIED));
        }
        quota.tree().set("status", ledger.count(quota, registry, time.now()));
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        if (!counts(attempt)
                || attempt.namespace().isEmpty()
                || attempt.object().isEmpty()) {
            return;
        }
        Resource object = attempt.object().get();
        List<Resource> all = registry.list(QUOTAS, attempt.namespace());
        List<Resource> quotas = all.stream()
                .filter(quota -> QuotaUsage.concerns(quota, attempt.resource(), object))
                .toList();
        if (isOfPods(attempt) && !PodAmounts.areSaidForPod(object)) {
            quotas.forEach(
                    quota -> mustSay(attempt, quota, quota.at("spec", "hard").propertyNames(), object));
        }
        if (!limited.isEmpty() && usesMore(attempt, quotas)) {
            limited.check(attempt, all, new QuotaUsage(time.now()).of(attempt.resource(), object));
        }
        for (Resource quota : quotas) {
            charged(attempt, registry, quota.copy(), added(attempt, quota));
        }
        if (!attempt.call().dryRun() && !quotas.isEmpty()) {
            charge(attempt, registry, quotas);
        }
    }

    /// Charges all quotas, or none: what one has been charged is given back if another refuses, or if the write comes
    /// to nothing after all.
    private void charge(Attempt attempt, Registry registry, List<Resource> quotas) {
        var wanted = new LinkedHashMap<String, Map<String, Quantity>>();
        for (Resource quota : quotas) {
            Map<String, Quantity> added = added(attempt, quota);
            if (added.keySet().stream().anyMatch(quota.at("spec", "hard")::has)) {
                wanted.put(quota.name(), added);
            }
        }
        if (wanted.isEmpty()) {
            return;
        }
        var charge = new QuotaLedger.Charge(attempt.resource(), attempt.object().orElseThrow(), attempt.old());
        var taken = new LinkedHashMap<String, Map<String, Quantity>>();
        boolean isFollowed = attempt.setting().atEnd(isStored -> {
            try {
                if (!isStored) {
                    giveBack(registry, attempt.namespace(), charge, taken);
                }
            } finally {
                ledger.end(attempt.namespace(), charge);
            }
        });
        if (isFollowed) {
            ledger.begin(attempt.namespace(), charge);
        }
        wanted.forEach((quota, added) -> {
            if (charge(attempt, registry, quota, added, charge)) {
                charge.hasTaken(quota);
                taken.put(quota, added);
            }
        });
    }

    private static void giveBack(
            Registry registry, String namespace, QuotaLedger.Charge charge, Map<String, Map<String, Quantity>> taken) {
        taken.forEach((quota, amounts) -> {
            try {
                registry.change(QUOTAS, namespace, quota, present -> {
                    charge.returns(present);
                    return without(present, amounts);
                });
                charge.hasReturned(quota);
            } catch (FaultException gone) {
                if (!(gone.fault() instanceof Fault.NotFound)) {
                    throw gone;
                }
            }
        });
    }

    private static Resource without(Resource quota, Map<String, Quantity> amounts) {
        ObjectNode used = quota.object("status").withObject("used");
        PodAmounts.of(used).forEach((name, before) -> {
            Quantity rest = before.minus(amounts.getOrDefault(name, Quantity.ZERO));
            used.put(name, (rest.signum() < 0 ? Quantity.ZERO : rest).toString());
        });
        return quota;
    }

    private boolean usesMore(Attempt attempt, List<Resource> quotas) {
        Stream<Map<String, Quantity>> amounts =
                quotas.isEmpty() ? Stream.of(added(attempt)) : quotas.stream().map(quota -> added(attempt, quota));
        return amounts.anyMatch(added -> added.values().stream().anyMatch(amount -> amount.signum() != 0));
    }

    private Map<String, Quantity> added(Attempt attempt) {
        var usage = new QuotaUsage(time.now());
        Resource object = attempt.object().orElseThrow();
        return attempt.old()
                .map(old -> usage.added(attempt.resource(), object, old))
                .orElseGet(() -> usage.of(attempt.resource(), object));
    }

    /// All of an object that is new to the quota, else what it asks for more than before.
    private Map<String, Quantity> added(Attempt attempt, Resource quota) {
        boolean isKnown = attempt.old()
                .filter(old -> QuotaUsage.concerns(quota, attempt.resource(), old))
                .isPresent();
        return isKnown
                ? added(attempt)
                : new QuotaUsage(time.now())
                        .of(attempt.resource(), attempt.object().orElseThrow());
    }

    private static boolean counts(Attempt attempt) {
        if (IGNORED.contains(attempt.resource())) {
            return false;
        }
        return switch (attempt.operation()) {
            case CREATE -> attempt.subresource().isEmpty();
            case UPDATE ->
                switch (attempt.subresource()) {
                    case "" -> CHANGING.contains(attempt.resource()) || changesScope(attempt);
                    case "resize" -> isOfPods(attempt);
                    case "status" -> attempt.resource().equals(Attempts.CLAIMS) && changesSize(attempt);
                    default -> false;
                };
            case DELETE, CONNECT -> false;
        };
    }

    private static boolean changesScope(Attempt attempt) {
        return isOfPods(attempt)
                && attempt.old()
                        .filter(old -> QuotaScope.isTerminating(old)
                                != QuotaScope.isTerminating(attempt.object().orElseThrow()))
                        .isPresent();
    }

    private static boolean changesSize(Attempt attempt) {
        Resource now = attempt.object().orElseThrow();
        return attempt.old()
                .filter(old -> !old.at("status", "allocatedResources", "storage")
                                .equals(now.at("status", "allocatedResources", "storage"))
                        || !QuotaScope.attributesClasses(old).equals(QuotaScope.attributesClasses(now)))
                .isPresent();
    }

    private static boolean isOfPods(Attempt attempt) {
        return attempt.resource().equals(Attempts.PODS);
    }

    /// Writes the usage down only onto the very state that it was compared with, so that of many writers at once
    /// none takes what another has taken. False if the quota is gone.
    private boolean charge(
            Attempt attempt, Registry registry, String quota, Map<String, Quantity> added, QuotaLedger.Charge charge) {
        try {
            registry.change(QUOTAS, attempt.namespace(), quota, present -> {
                charge.takes(present);
                return charged(attempt, registry, present, added);
            });
            return true;
        } catch (FaultException gone) {
            if (!(gone.fault() instanceof Fault.NotFound)) {
                throw gone;
            }
            charge.hasReturned(quota);
            return false;
        }
    }

    /// The quota after `added`.
    ///
    /// @throws FaultException if that is more than it allows
    private Resource charged(Attempt attempt, Registry registry, Resource quota, Map<String, Quantity> added) {
        Map<String, Quantity> hard = PodAmounts.of(quota.at("spec", "hard"));
        Map<String, Quantity> asked = new TreeMap<>(added);
        asked.keySet().retainAll(hard.keySet());
        asked.values().removeIf(amount -> amount.signum() == 0);
        if (asked.isEmpty()) {
            return quota;
        }
        if (!QuotaStatus.isCounted(quota)) {
            quota.tree().set("status", ledger.count(quota, registry, time.now()));
        }
        Map<String, Quantity> used = PodAmounts.of(quota.at("status", "used"));
        var over = new TreeSet<String>();
        asked.forEach((name, amount) -> {
            Quantity before = used.getOrDefault(name, Quantity.ZERO);
            if (before.plus(amount).compareTo(hard.get(name)) > 0) {
                over.add(name);
            }
        });
        // A status tells what is so already: that cannot be refused.
        if (!over.isEmpty() && !attempt.subresource().equals("status")) {
            throw Attempts.forbidden(
                    attempt,
                    "exceeded quota: %s, requested: %s, used: %s, limited: %s"
                            .formatted(quota.name(), shown(asked, over), shown(used, over), shown(hard, over)));
        }
        ObjectNode usage = quota.object("status").withObject("used");
        asked.forEach((name, amount) -> usage.put(
                name, used.getOrDefault(name, Quantity.ZERO).plus(amount).toString()));
        return quota;
    }

    /// What counts must be said, or nothing would ever be used up.
    private static void mustSay(Attempt attempt, Resource quota, Collection<String> hard, Resource pod) {
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
}
