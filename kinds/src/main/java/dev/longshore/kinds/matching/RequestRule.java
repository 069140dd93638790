package dev.longshore.kinds.matching;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.GroupVersionResource;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Operations on resources, as webhooks and policies name them in `rules`.
///
/// @param names of objects; none for all
public record RequestRule(
        List<String> operations,
        List<String> groups,
        List<String> versions,
        List<Target> targets,
        Scope scope,
        List<String> names) {

    private static final String ANY = "*";

    public RequestRule {
        operations = List.copyOf(operations);
        groups = List.copyOf(groups);
        versions = List.copyOf(versions);
        targets = List.copyOf(targets);
        names = List.copyOf(names);
    }

    /// `pods`, `pods/status`, `pods/*`, `*`, `*/*`: without a slash the objects themselves.
    record Target(String resource, String subresource) {
        static Target of(String text) {
            int slash = text.indexOf('/');
            return slash < 0 ? new Target(text, "") : new Target(text.substring(0, slash), text.substring(slash + 1));
        }

        boolean fits(String otherResource, String otherSubresource) {
            return fitsOne(resource, otherResource) && fitsOne(subresource, otherSubresource);
        }

        private static boolean fitsOne(String wanted, String given) {
            return wanted.equals(ANY) || wanted.equals(given);
        }
    }

    /// Where objects live.
    enum Scope {
        EVERYWHERE,
        NAMESPACED,
        CLUSTER;

        static Scope of(String text) {
            return switch (text) {
                case "Namespaced" -> NAMESPACED;
                case "Cluster" -> CLUSTER;
                default -> EVERYWHERE;
            };
        }
    }

    /// Reads one of `rules`, `resourceRules` or `excludeResourceRules`.
    public static RequestRule of(JsonNode rule) {
        return new RequestRule(
                Trees.strings(rule, "operations"),
                Trees.strings(rule, "apiGroups"),
                Trees.strings(rule, "apiVersions"),
                Trees.strings(rule, "resources").stream().map(Target::of).toList(),
                Scope.of(Trees.text(rule, "scope")),
                Trees.strings(rule, "resourceNames"));
    }

    /// True if `attempt` is one of these, taken for one on `resource`.
    public boolean fits(Attempt attempt, GroupVersionResource resource) {
        return fitsScope(attempt, resource)
                && fitsOne(operations, attempt.operation().name())
                && fitsOne(groups, resource.group())
                && fitsOne(versions, resource.version())
                && targets.stream().anyMatch(target -> target.fits(resource.resource(), attempt.subresource()))
                && (names.isEmpty() || names.contains(attempt.name()));
    }

    private boolean fitsScope(Attempt attempt, GroupVersionResource resource) {
        // A Namespace is asked for in its own namespace, and lives in none.
        boolean isInNamespace =
                !attempt.namespace().isEmpty() && !resource.groupResource().equals(RequestMatcher.NAMESPACES);
        return switch (scope) {
            case EVERYWHERE -> true;
            case NAMESPACED -> isInNamespace;
            case CLUSTER -> !isInNamespace;
        };
    }

    private static boolean fitsOne(List<String> wanted, String given) {
        return wanted.contains(ANY) || wanted.contains(given);
    }
}
