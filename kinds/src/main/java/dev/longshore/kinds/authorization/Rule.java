package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.GoText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One rule of a role: verbs on resources, or verbs on paths. Lists keep the order in which the rule has them, which
/// shines through in reviews and refusals.
record Rule(List<String> verbs, List<String> groups, List<String> resources, List<String> names, List<String> paths) {

    private static final String ALL = "*";

    Rule {
        verbs = List.copyOf(verbs);
        groups = List.copyOf(groups);
        resources = List.copyOf(resources);
        names = List.copyOf(names);
        paths = List.copyOf(paths);
    }

    /// The rules in a role's `rules`.
    static List<Rule> of(JsonNode role) {
        var rules = new ArrayList<Rule>();
        for (ObjectNode rule : Trees.list(role, "rules")) {
            rules.add(new Rule(
                    Trees.strings(rule, "verbs"),
                    Trees.strings(rule, "apiGroups"),
                    Trees.strings(rule, "resources"),
                    Trees.strings(rule, "resourceNames"),
                    Trees.strings(rule, "nonResourceURLs")));
        }
        return rules;
    }

    boolean allows(Attributes attributes) {
        return has(verbs, attributes.verb())
                && (attributes.isResource() ? allowsResource(attributes) : allowsPath(attributes.path()));
    }

    private boolean allowsResource(Attributes attributes) {
        return has(groups, attributes.group())
                && hasResource(attributes.resource(), attributes.subresource())
                && (names.isEmpty() || names.contains(attributes.name()));
    }

    private boolean hasResource(String resource, String subresource) {
        if (resources.contains(ALL)) {
            return true;
        }
        return subresource.isEmpty()
                ? resources.contains(resource)
                : resources.contains(resource + "/" + subresource) || resources.contains("*/" + subresource);
    }

    private boolean allowsPath(String path) {
        for (String allowed : paths) {
            boolean isBelow = allowed.endsWith(ALL) && path.startsWith(withoutStars(allowed));
            if (isBelow || allowed.equals(path)) {
                return true;
            }
        }
        return false;
    }

    private static String withoutStars(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '*') {
            end--;
        }
        return path.substring(0, end);
    }

    /// True if whoever has this may also do all of `other`, which is one verb on one resource or path.
    boolean covers(Rule other) {
        if (!verbs.contains(ALL) && !verbs.containsAll(other.verbs)) {
            return false;
        }
        boolean coversNames = names.isEmpty() || !other.names.isEmpty() && names.containsAll(other.names);
        return coversNames
                && (groups.contains(ALL) || groups.containsAll(other.groups))
                && other.resources.stream().allMatch(this::coversResource)
                && other.paths.stream().allMatch(this::allowsPath);
    }

    private boolean coversResource(String resource) {
        int slash = resource.indexOf('/');
        return resources.contains(ALL)
                || resources.contains(resource)
                || slash >= 0 && resources.contains(ALL + resource.substring(slash));
    }

    /// This rule in parts of one verb, one group, one resource and at most one name each, or of one verb and one path.
    List<Rule> parts() {
        var parts = new ArrayList<Rule>();
        for (String group : groups) {
            for (String resource : resources) {
                for (String verb : verbs) {
                    if (names.isEmpty()) {
                        parts.add(part(verb, group, resource, List.of()));
                    }
                    names.forEach(name -> parts.add(part(verb, group, resource, List.of(name))));
                }
            }
        }
        for (String path : paths) {
            verbs.forEach(verb -> parts.add(new Rule(List.of(verb), List.of(), List.of(), List.of(), List.of(path))));
        }
        return parts;
    }

    private static Rule part(String verb, String group, String resource, List<String> names) {
        return new Rule(List.of(verb), List.of(group), List.of(resource), names, List.of());
    }

    /// The same, with further verbs.
    Rule and(List<String> more) {
        var all = new ArrayList<>(verbs);
        all.addAll(more);
        return new Rule(all, groups, resources, names, paths);
    }

    /// As refusals show it: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get" "list"]}`.
    String shown() {
        var parts = new ArrayList<String>();
        show(parts, "APIGroups", groups);
        show(parts, "Resources", resources);
        show(parts, "NonResourceURLs", paths);
        show(parts, "ResourceNames", names);
        show(parts, "Verbs", verbs);
        return "{" + String.join(", ", parts) + "}";
    }

    private static void show(List<String> parts, String name, List<String> values) {
        if (!values.isEmpty()) {
            parts.add(name + ":" + quoted(values));
        }
    }

    /// As Go prints lists of texts.
    static String quoted(List<String> values) {
        return values.stream().map(GoText::quoted).collect(Collectors.joining(" ", "[", "]"));
    }

    private static boolean has(List<String> list, String value) {
        return list.contains(ALL) || list.contains(value);
    }
}
