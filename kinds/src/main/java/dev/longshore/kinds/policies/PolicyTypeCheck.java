package dev.longshore.kinds.policies;

import dev.longshore.kinds.cel.AdmissionComposition;
import dev.longshore.kinds.cel.AdmissionExpression;
import dev.longshore.kinds.cel.AdmissionScope;
import dev.longshore.kinds.cel.DeclaredType;
import dev.longshore.kinds.cel.Expression;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.GroupVersionResource;
import dev.longshore.model.Resource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/// What is doubtful about a ValidatingAdmissionPolicy, seen by the types of what it is for. It counts all the same:
/// these are warnings, for its status.
public final class PolicyTypeCheck {

    private static final int MOST_KINDS = 10;
    private static final Comparator<GroupVersionKind> ORDER = Comparator.comparing(GroupVersionKind::group)
            .thenComparing(GroupVersionKind::version)
            .thenComparing(GroupVersionKind::kind);

    private final Types types;

    /// By what `types` knows.
    public PolicyTypeCheck(Types types) {
        this.types = types;
    }

    /// What is served.
    public interface Types {
        /// The kinds of the objects of `resource`.
        List<GroupVersionKind> kinds(GroupVersionResource resource);

        /// The type of objects of `kind`; empty if it is not known.
        Optional<DeclaredType> type(GroupVersionKind kind);
    }

    /// A warning.
    ///
    /// @param field where the expression stands, as `spec.validations[0].expression`
    public record Warning(String field, String text) {}

    /// All warnings about `policy`.
    public List<Warning> check(Resource policy) {
        Map<GroupVersionKind, DeclaredType> known = new LinkedHashMap<>();
        kinds(policy).forEach(kind -> types.type(kind).ifPresent(type -> known.put(kind, type)));
        Optional<GroupVersionKind> paramKind = PolicyHead.of(policy).paramKind();
        AdmissionScope scope = AdmissionScope.of(paramKind.isPresent(), true).composed();
        AdmissionScope typed = paramKind.flatMap(types::type).map(scope::with).orElse(scope);
        var warnings = new ArrayList<Warning>();
        int index = 0;
        for (ObjectNode validation : Trees.list(policy.tree(), "spec", "validations")) {
            String path = "spec.validations[" + index++ + "].";
            for (String field : List.of("expression", "messageExpression")) {
                String text = Trees.text(validation, field);
                if (!text.isEmpty()) {
                    warning(policy, text, typed, known)
                            .ifPresent(said -> warnings.add(new Warning(path + field, said)));
                }
            }
        }
        return warnings;
    }

    private static Optional<String> warning(
            Resource policy, String text, AdmissionScope scope, Map<GroupVersionKind, DeclaredType> known) {
        var all = new ArrayList<String>();
        known.forEach((kind, type) -> {
            AdmissionScope composed = variables(policy, scope.about(type)).scope();
            AdmissionExpression.faults(text, composed).ifPresent(fault -> all.add(kind + ": " + fault + "\n"));
        });
        return all.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", all));
    }

    private static AdmissionComposition variables(Resource policy, AdmissionScope scope) {
        var composition = new AdmissionComposition(scope);
        for (ObjectNode variable : Trees.list(policy.tree(), "spec", "variables")) {
            try {
                composition.add(Trees.text(variable, "name"), Trees.text(variable, "expression"));
            } catch (Expression.Malformed untyped) {
                // It is of any type then; only validations are warned of.
                continue;
            }
        }
        return composition;
    }

    /// Rules with wildcards say nothing of kinds.
    private TreeSet<GroupVersionKind> kinds(Resource policy) {
        var kinds = new TreeSet<>(ORDER);
        for (ObjectNode rule : Trees.list(policy.tree(), "spec", "matchConstraints", "resourceRules")) {
            int count = 0;
            for (GroupVersionResource resource : resources(rule)) {
                for (GroupVersionKind kind : types.kinds(resource)) {
                    kinds.add(kind);
                    if (++count == MOST_KINDS) {
                        return kinds;
                    }
                }
            }
        }
        return kinds;
    }

    private static List<GroupVersionResource> resources(ObjectNode rule) {
        List<String> groups = Trees.strings(rule, "apiGroups");
        List<String> versions = Trees.strings(rule, "apiVersions");
        boolean isOpen = groups.stream().anyMatch(group -> group.contains("*"))
                || versions.stream().anyMatch(version -> version.contains("*"));
        if (isOpen) {
            return List.of();
        }
        return groups.stream()
                .sorted()
                .flatMap(group -> versions.stream()
                        .sorted()
                        .flatMap(version -> Trees.strings(rule, "resources").stream()
                                .filter(resource -> !resource.contains("*") && !resource.contains("/"))
                                .sorted()
                                .map(resource -> new GroupVersionResource(group, version, resource))))
                .toList();
    }
}
