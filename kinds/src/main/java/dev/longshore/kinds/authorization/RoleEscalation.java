package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Nobody grants what they do not hold, unless they hold the right to (`escalate` on the role, `bind` for a
/// binding).
public final class RoleEscalation implements Admission {

    private static final String GROUP = "rbac.authorization.k8s.io";

    private final KindsContext context;

    /// Asks the cluster's authorizer for the right to escalate and bind.
    public RoleEscalation(KindsContext context) {
        this.context = context;
    }

    @Override
    public String name() {
        return "RoleEscalation";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        UserInfo user = attempt.call().user();
        if (!isWrite
                || !attempt.resource().group().equals(GROUP)
                || user.groups().contains(UserInfo.MASTERS)
                || attempt.object().isEmpty()) {
            return;
        }
        Resource object = attempt.object().get();
        switch (attempt.resource().resource()) {
            case "roles", "clusterroles" -> role(attempt, registry, object);
            case "rolebindings", "clusterrolebindings" -> binding(attempt, registry, object);
            default -> {
                // The group has no other kinds.
            }
        }
    }

    private void role(Attempt attempt, Registry registry, Resource role) {
        boolean isSame = attempt.old()
                .map(old -> Trees.same(old.tree(), role.tree(), "rules")
                        && Trees.same(old.tree(), role.tree(), "aggregationRule"))
                .orElse(false);
        if (isSame || may(attempt, "escalate", attempt.resource().resource(), role.name())) {
            return;
        }
        if (Trees.has(role.tree(), "aggregationRule")) {
            // Whatever will be labelled so in future: only who may do everything may grant it.
            mustHold(attempt, registry, List.of(everything()));
        }
        mustHold(attempt, registry, Rule.of(role.tree()));
    }

    private void binding(Attempt attempt, Registry registry, Resource binding) {
        boolean isSame = attempt.old()
                .map(old -> Trees.same(old.tree(), binding.tree(), "roleRef")
                        && Trees.same(old.tree(), binding.tree(), "subjects"))
                .orElse(false);
        String kind = binding.text("roleRef", "kind");
        String name = binding.text("roleRef", "name");
        String resource = kind.equals("ClusterRole") ? "clusterroles" : "roles";
        if (!isSame && !may(attempt, "bind", resource, name)) {
            mustHold(attempt, registry, Grants.read(registry).role(kind, attempt.namespace(), name));
        }
    }

    private boolean may(Attempt attempt, String verb, String resource, String name) {
        return context.authorizer()
                        .get()
                        .authorize(new Authorizer.Attributes(
                                attempt.call().user(), verb, GROUP, "*", resource, "", attempt.namespace(), name, ""))
                instanceof Authorizer.Decision.Allow;
    }

    private static Rule everything() {
        var all = Set.of("*");
        return new Rule(all, all, all, Set.of(), List.of());
    }

    private static void mustHold(Attempt attempt, Registry registry, List<Rule> wanted) {
        UserInfo user = attempt.call().user();
        List<Rule> held = Grants.read(registry)
                .of(user, attempt.namespace())
                .flatMap(grant -> grant.rules().stream())
                .toList();
        var missing = new TreeSet<String>();
        for (Rule rule : wanted) {
            for (Rule part : rule.parts()) {
                if (held.stream().noneMatch(one -> one.covers(part))) {
                    missing.add(part.shown());
                }
            }
        }
        if (!missing.isEmpty()) {
            String groups = String.join(
                    " ", user.groups().stream().map(group -> '"' + group + '"').toList());
            String name = attempt.object().map(Resource::name).orElse(attempt.name());
            throw new FaultException(new Fault.Forbidden(
                    attempt.resource(),
                    name,
                    "user \"" + user.name() + "\" (groups=[" + groups
                            + "]) is attempting to grant RBAC permissions not currently held:\n"
                            + String.join("\n", missing)));
        }
    }
}
