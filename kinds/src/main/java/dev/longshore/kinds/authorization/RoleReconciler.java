package dev.longshore.kinds.authorization;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes roles and bindings what they should be, and never less than they are: what is missing is made, rules,
/// subjects, labels and annotations that are missing are added, what somebody added stays. A binding to another role is
/// made anew, since what a binding refers to cannot change. Whoever annotates one with `autoupdate` `false` keeps it
/// as it is. Several servers may do this at once.
public final class RoleReconciler {

    private static final String GROUP = "rbac.authorization.k8s.io";
    private static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";
    private static final int ATTEMPTS = 3;

    private final Registry registry;

    /// Of the roles in `registry`.
    public RoleReconciler(Registry registry) {
        this.registry = registry;
    }

    /// Makes it `wanted`, as far as it is not protected.
    ///
    /// @throws FaultException when others remove what this makes, again and again
    public void reconcile(Resource wanted) {
        for (int i = 1; ; i++) {
            try {
                attempt(wanted);
                return;
            } catch (FaultException crossed) {
                boolean isRace = crossed.fault() instanceof Fault.AlreadyExists
                        || crossed.fault() instanceof Fault.NotFound
                        || crossed.fault() instanceof Fault.Conflict;
                if (!isRace || i == ATTEMPTS) {
                    throw crossed;
                }
            }
        }
    }

    private void attempt(Resource wanted) {
        String kind = wanted.kind().kind();
        var resource = new GroupResource(GROUP, kind.toLowerCase(Locale.ROOT) + "s");
        Optional<Resource> present = registry.get(resource, wanted.namespace(), wanted.name());
        if (present.isEmpty()) {
            registry.create(wanted.copy());
            return;
        }
        if ("false".equals(present.get().annotations().get(AUTO_UPDATE))) {
            return;
        }
        boolean isBinding = kind.endsWith("Binding");
        if (isBinding && !Trees.same(present.get().tree(), wanted.tree(), "roleRef")) {
            registry.delete(resource, wanted.namespace(), wanted.name(), Optional.empty());
            registry.create(wanted.copy());
            return;
        }
        BiConsumer<Resource, Resource> completion =
                isBinding ? RoleReconciler::completeBinding : RoleReconciler::completeRole;
        if (!completed(present.get(), wanted, completion).equals(present.get().tree())) {
            registry.change(resource, wanted.namespace(), wanted.name(), now -> {
                completion.accept(now, wanted);
                return now;
            });
        }
    }

    private static ObjectNode completed(Resource present, Resource wanted, BiConsumer<Resource, Resource> completion) {
        Resource copy = present.copy();
        completion.accept(copy, wanted);
        return copy.tree();
    }

    private static void completeRole(Resource present, Resource wanted) {
        completeMetadata(present, wanted);
        List<Rule> held = Rule.of(present.tree());
        List<Rule> missing = Rule.of(wanted.tree()).stream()
                .flatMap(rule -> rule.parts().stream())
                .filter(part -> held.stream().noneMatch(rule -> rule.covers(part)))
                .toList();
        if (!missing.isEmpty()) {
            ArrayNode rules = list(present.tree(), "rules");
            missing.forEach(rule -> rules.add(written(rule)));
        }
        completeAggregation(present.tree(), wanted.tree());
    }

    private static void completeAggregation(ObjectNode present, ObjectNode wanted) {
        if (!Trees.has(wanted, "aggregationRule")) {
            present.remove("aggregationRule");
            return;
        }
        List<ObjectNode> selectors = Trees.list(present, "aggregationRule", "clusterRoleSelectors");
        for (ObjectNode selector : Trees.list(wanted, "aggregationRule", "clusterRoleSelectors")) {
            if (!selectors.contains(selector)) {
                ObjectNode rule = present.path("aggregationRule") instanceof ObjectNode there
                        ? there
                        : present.putObject("aggregationRule");
                list(rule, "clusterRoleSelectors").add(selector.deepCopy());
            }
        }
    }

    private static void completeBinding(Resource present, Resource wanted) {
        completeMetadata(present, wanted);
        List<ObjectNode> subjects = Trees.list(present.tree(), "subjects");
        for (ObjectNode subject : Trees.list(wanted.tree(), "subjects")) {
            if (!subjects.contains(subject)) {
                list(present.tree(), "subjects").add(subject.deepCopy());
            }
        }
    }

    private static void completeMetadata(Resource present, Resource wanted) {
        complete(present, "labels", wanted.labels().keySet(), wanted);
        complete(present, "annotations", wanted.annotations().keySet(), wanted);
    }

    private static void complete(Resource present, String field, Iterable<String> keys, Resource wanted) {
        for (String key : keys) {
            if (!Trees.has(present.metadata(), field, key)) {
                ObjectNode map = present.metadata().path(field) instanceof ObjectNode there
                        ? there
                        : present.metadata().putObject(field);
                map.put(key, Trees.text(wanted.metadata(), field, key));
            }
        }
    }

    /// The list, which null may stand for.
    private static ArrayNode list(ObjectNode holder, String field) {
        JsonNode there = holder.path(field);
        return there instanceof ArrayNode list ? list : holder.putArray(field);
    }

    private static ObjectNode written(Rule rule) {
        ObjectNode node = Json.object();
        put(node, "verbs", rule.verbs());
        put(node, "apiGroups", rule.groups());
        put(node, "resources", rule.resources());
        put(node, "resourceNames", rule.names());
        put(node, "nonResourceURLs", rule.paths());
        return node;
    }

    private static void put(ObjectNode node, String field, List<String> values) {
        if (!values.isEmpty()) {
            values.forEach(node.putArray(field)::add);
        }
    }
}
