package dev.longshore.kinds.policies;

import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// The policies of one sort that are in force, each with its bindings; in the order of their names. Follows what is
/// stored. Thread-safe.
///
/// @param <P> what is made of a policy
final class PolicySet<P> {

    private static final String GROUP = "admissionregistration.k8s.io";

    private final GroupResource policies;
    private final GroupResource bindings;
    private final Function<Resource, P> made;
    private volatile Sources<P> sources;

    /// Of the resources called `policies` and `bindings`.
    PolicySet(String policies, String bindings, Function<Resource, P> made) {
        this.policies = new GroupResource(GROUP, policies);
        this.bindings = new GroupResource(GROUP, bindings);
        this.made = made;
    }

    /// A policy in force.
    record InForce<P>(P policy, List<PolicyBinding> bindings) {
        InForce {
            bindings = List.copyOf(bindings);
        }
    }

    private record Sources<P>(
            Registry registry,
            Supplier<Map<String, P>> policies,
            Supplier<Map<String, List<PolicyBinding>>> bindings) {}

    /// What is made of one policy as it was stored once.
    private record Known<P>(String uid, String version, P policy) {}

    List<InForce<P>> all(Registry registry) {
        Sources<P> known = sources(registry);
        Map<String, List<PolicyBinding>> bound = known.bindings.get();
        if (bound.isEmpty()) {
            return List.of();
        }
        var all = new ArrayList<InForce<P>>();
        known.policies.get().forEach((name, policy) -> {
            List<PolicyBinding> own = bound.get(name);
            if (own != null) {
                all.add(new InForce<>(policy, own));
            }
        });
        return all;
    }

    private Sources<P> sources(Registry registry) {
        Sources<P> known = sources;
        if (known == null || known.registry != registry) {
            known = new Sources<>(
                    registry, registry.kept(policies, new Memory()), registry.kept(bindings, PolicySet::byPolicy));
            sources = known;
        }
        return known;
    }

    /// Makes nothing anew of policies that did not change. Several may ask at once.
    private final class Memory implements Function<List<Resource>, Map<String, P>> {
        private volatile Map<String, Known<P>> known = Map.of();

        @Override
        public Map<String, P> apply(List<Resource> stored) {
            var next = new HashMap<String, Known<P>>();
            var byName = new TreeMap<String, P>();
            for (Resource policy : stored) {
                Known<P> before = known.get(policy.name());
                boolean isSame = before != null
                        && before.uid.equals(policy.uid())
                        && before.version.equals(policy.resourceVersion());
                Known<P> now =
                        isSame ? before : new Known<>(policy.uid(), policy.resourceVersion(), made.apply(policy));
                next.put(policy.name(), now);
                byName.put(policy.name(), now.policy);
            }
            known = next;
            return byName;
        }
    }

    private static Map<String, List<PolicyBinding>> byPolicy(List<Resource> stored) {
        var byPolicy = new HashMap<String, List<PolicyBinding>>();
        for (Resource each : stored) {
            PolicyBinding binding = PolicyBinding.of(each);
            byPolicy.computeIfAbsent(binding.policy(), first -> new ArrayList<>())
                    .add(binding);
        }
        return byPolicy;
    }
}
