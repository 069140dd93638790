package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Authorizer.Decision;
import dev.longshore.model.GroupResource;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Who gives an object owners lets the garbage collector delete it, and so must be allowed to; and who has an owner
/// wait for an object must be allowed to hold that owner up.
final class OwnerReferencesPermission implements Admission {

    private final KindsContext context;

    OwnerReferencesPermission(KindsContext context) {
        this.context = context;
    }

    @Override
    public String name() {
        return "OwnerReferencesPermissionEnforcement";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        // The status of a pod, and a binding, cannot change owners.
        boolean isHarmless = attempt.resource().equals(Attempts.PODS)
                && attempt.subresource().equals("status");
        if (!isWrite || isHarmless || attempt.object().isEmpty() || !changesOwners(attempt)) {
            return;
        }
        if (attempt.operation() != Operation.CREATE) {
            Decision decision = decide(
                    attempt,
                    "delete",
                    attempt.resource(),
                    attempt.requested().version(),
                    attempt.subresource(),
                    attempt.namespace(),
                    attempt.name());
            if (!(decision instanceof Decision.Allow)) {
                throw Attempts.forbidden(
                        attempt, "cannot set an ownerRef on a resource you can't delete: " + why(decision) + ", <nil>");
            }
        }
        List<ObjectNode> blocking = newlyBlocking(attempt);
        var anything = new GroupResource("*", "*");
        boolean mayHoldAny = blocking.isEmpty()
                || decide(attempt, "update", anything, "*", "finalizers", "", "*") instanceof Decision.Allow;
        if (!mayHoldAny) {
            blocking.forEach(owner -> checkOwner(attempt, registry, owner));
        }
    }

    private void checkOwner(Attempt attempt, Registry registry, ObjectNode owner) {
        var kind = GroupVersionKind.of(Trees.text(owner, "apiVersion"), Trees.text(owner, "kind"));
        Optional<ResourceDefinition> found = registry.definition(kind);
        if (found.isEmpty()) {
            throw Attempts.forbidden(
                    attempt,
                    "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion "
                            + kind.apiVersion() + " Kind " + kind.kind() + ": no matches for kind \"" + kind.kind()
                            + "\" in version \"" + kind.apiVersion() + "\"");
        }
        Decision decision = decide(
                attempt,
                "update",
                found.get().resource(),
                kind.version(),
                "finalizers",
                found.get().namespaced() ? attempt.namespace() : "",
                Trees.text(owner, "name"));
        if (!(decision instanceof Decision.Allow)) {
            throw Attempts.forbidden(
                    attempt,
                    "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers"
                            + " on: " + why(decision) + ", <nil>");
        }
    }

    private static boolean changesOwners(Attempt attempt) {
        Resource object = attempt.object().orElseThrow();
        return attempt.old()
                .map(old -> !Trees.same(object.tree(), old.tree(), "metadata", "ownerReferences"))
                .orElse(!owners(object).isEmpty());
    }

    private static List<ObjectNode> newlyBlocking(Attempt attempt) {
        List<ObjectNode> before =
                attempt.old().map(OwnerReferencesPermission::owners).orElse(List.of());
        return owners(attempt.object().orElseThrow()).stream()
                .filter(owner -> Trees.flag(owner, "blockOwnerDeletion"))
                .filter(owner -> before.stream()
                        .noneMatch(old -> Trees.text(old, "uid").equals(Trees.text(owner, "uid"))
                                && Trees.flag(old, "blockOwnerDeletion")))
                .toList();
    }

    private static List<ObjectNode> owners(Resource object) {
        return Trees.list(object.tree(), "metadata", "ownerReferences");
    }

    private Decision decide(
            Attempt attempt,
            String verb,
            GroupResource resource,
            String version,
            String subresource,
            String namespace,
            String name) {
        return context.authorizer()
                .get()
                .authorize(new Authorizer.Attributes(
                        attempt.call().user(),
                        verb,
                        resource.group(),
                        version,
                        resource.resource(),
                        subresource,
                        namespace,
                        name,
                        ""));
    }

    private static String why(Decision decision) {
        return switch (decision) {
            case Decision.Allow allow -> allow.why();
            case Decision.Deny deny -> deny.why();
            case Decision.NoOpinion none -> none.why();
        };
    }
}
