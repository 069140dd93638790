package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GoText;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.UserInfo;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/// Nobody grants what they do not hold, unless they hold the right to (`escalate` on the role, `bind` for a
/// binding). In Kubernetes this is no admission plugin but part of storing: it looks at what all that change objects
/// have made of one, and before the object itself is looked at. So it is the last that could change something.
public final class RoleEscalation implements Admission {

    private static final String GROUP = "rbac.authorization.k8s.io";

    /// All that the garbage collector writes.
    private static final Set<String> COLLECTED =
            Set.of("ownerReferences", "finalizers", "managedFields", "resourceVersion");

    private static final Rule ALL_RESOURCES = new Rule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of());
    private static final Rule ALL_PATHS = new Rule(List.of("*"), List.of(), List.of(), List.of(), List.of("*"));

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
    public void mutate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        if (!isWrite
                || !attempt.resource().group().equals(GROUP)
                || attempt.call().user().groups().contains(UserInfo.MASTERS)
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
        String resource = attempt.resource().resource();
        String asked = attempt.operation() == Operation.CREATE ? "" : attempt.name();
        if (may(attempt, "escalate", resource, asked) || isCollection(attempt, role)) {
            return;
        }
        Grants grants = Grants.read(registry);
        requireHeld(attempt, grants, Rule.of(role.tree()));
        boolean isAggregated =
                gathers(role) || attempt.old().filter(RoleEscalation::gathers).isPresent();
        // Whatever will be labelled so in future: only who may do everything may grant it.
        boolean mayAll = !isAggregated
                || MissingRights.of(held(attempt, grants), List.of(ALL_RESOURCES, ALL_PATHS))
                        .isEmpty();
        if (!mayAll) {
            throw forbidden(attempt, "must have cluster-admin privileges to use the aggregationRule");
        }
    }

    private static boolean gathers(Resource role) {
        return !Trees.at(role.tree(), "aggregationRule", "clusterRoleSelectors").isEmpty();
    }

    private void binding(Attempt attempt, Registry registry, Resource binding) {
        String kind = binding.text("roleRef", "kind");
        String name = binding.text("roleRef", "name");
        String resource = kind.equals("ClusterRole") ? "clusterroles" : "roles";
        if (isCollection(attempt, binding) || may(attempt, "bind", resource, name)) {
            return;
        }
        Grants grants = Grants.read(registry);
        List<Rule> granted = grants.role(kind, attempt.namespace(), name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(new GroupResource(GROUP, resource), name)));
        requireHeld(attempt, grants, granted);
    }

    /// True if nothing is changed but what it takes to delete the object in the end.
    private static boolean isCollection(Attempt attempt, Resource object) {
        return attempt.old().map(old -> bare(old).equals(bare(object))).orElse(false);
    }

    private static ObjectNode bare(Resource object) {
        ObjectNode bare = object.tree().deepCopy();
        if (bare.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove(COLLECTED);
        }
        return bare;
    }

    private boolean may(Attempt attempt, String verb, String resource, String name) {
        return context.authorizer()
                        .get()
                        .authorize(new Authorizer.Attributes(
                                attempt.call().user(), verb, GROUP, "*", resource, "", attempt.namespace(), name, ""))
                instanceof Authorizer.Decision.Allow;
    }

    private static List<Rule> held(Attempt attempt, Grants grants) {
        return grants.of(attempt.call().user(), attempt.namespace())
                .flatMap(grant -> grant.rules().stream())
                .toList();
    }

    private static void requireHeld(Attempt attempt, Grants grants, List<Rule> wanted) {
        UserInfo user = attempt.call().user();
        List<String> missing = MissingRights.of(held(attempt, grants), wanted);
        if (missing.isEmpty()) {
            return;
        }
        String unresolved = Aggregate.of(
                grants.of(user, attempt.namespace()).map(Grants.Grant::error).toList());
        throw forbidden(
                attempt,
                "user " + GoText.quoted(user.name()) + " (groups=" + Rule.quoted(user.groups())
                        + ") is attempting to grant RBAC permissions not currently held:\n"
                        + String.join("\n", missing)
                        + (unresolved.isEmpty() ? "" : "; resolution errors: [" + unresolved + "]"));
    }

    private static FaultException forbidden(Attempt attempt, String why) {
        String name = attempt.object().map(Resource::name).orElse(attempt.name());
        return new FaultException(new Fault.Forbidden(attempt.resource(), name, why));
    }
}
