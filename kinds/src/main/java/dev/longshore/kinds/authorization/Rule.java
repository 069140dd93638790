package dev.longshore.kinds.authorization;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Authorizer.Attributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One rule of a role: verbs on resources, or verbs on paths.
record Rule(Set<String> verbs, Set<String> groups, Set<String> resources, Set<String> names, List<String> paths) {

    private static final String ALL = "*";

    Rule {
        verbs = Set.copyOf(verbs);
        groups = Set.copyOf(groups);
        resources = Set.copyOf(resources);
        names = Set.copyOf(names);
        paths = List.copyOf(paths);
    }

    /// The rules in a role's `rules`.
    static List<Rule> of(JsonNode role) {
        var rules = new ArrayList<Rule>();
        for (ObjectNode rule : Trees.list(role, "rules")) {
            rules.add(new Rule(
                    set(rule, "verbs"),
                    set(rule, "apiGroups"),
                    set(rule, "resources"),
                    set(rule, "resourceNames"),
                    Trees.strings(rule, "nonResourceURLs")));
        }
        return rules;
    }

    private static Set<String> set(ObjectNode rule, String field) {
        return Set.copyOf(new HashSet<>(Trees.strings(rule, field)));
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
            boolean isPrefix = allowed.endsWith(ALL) && path.startsWith(allowed.substring(0, allowed.length() - 1));
            if (isPrefix || allowed.equals(path)) {
                return true;
            }
        }
        return false;
    }

    /// True if whoever has this may also do all of `other`, which is one verb on one resource or path.
    boolean covers(Rule other) {
        if (!verbs.contains(ALL) && !verbs.containsAll(other.verbs)) {
            return false;
        }
        if (!other.paths.isEmpty()) {
            return other.paths.stream().allMatch(this::coversPath);
        }
        boolean coversNames = names.isEmpty() || !other.names.isEmpty() && names.containsAll(other.names);
        return coversNames
                && (groups.contains(ALL) || groups.containsAll(other.groups))
                && other.resources.stream().allMatch(this::coversResource);
    }

    private boolean coversPath(String path) {
        return paths.contains(path) || allowsPath(path);
    }

    private boolean coversResource(String resource) {
        int slash = resource.indexOf('/');
        return resources.contains(ALL)
                || resources.contains(resource)
                || slash > 0 && resources.contains(ALL + resource.substring(slash));
    }

    /// This rule in parts of one verb, one group, one resource and one name each.
    List<Rule> parts() {
        var parts = new ArrayList<Rule>();
        for (String verb : verbs) {
            paths.forEach(path -> parts.add(new Rule(Set.of(verb), Set.of(), Set.of(), Set.of(), List.of(path))));
            for (String group : groups) {
                for (String resource : resources) {
                    if (names.isEmpty()) {
                        parts.add(new Rule(Set.of(verb), Set.of(group), Set.of(resource), Set.of(), List.of()));
                    }
                    for (String name : names) {
                        parts.add(new Rule(Set.of(verb), Set.of(group), Set.of(resource), Set.of(name), List.of()));
                    }
                }
            }
        }
        return parts;
    }

    /// As refusals show it: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}`.
    String shown() {
        if (!paths.isEmpty()) {
            return "{NonResourceURLs:" + quoted(paths) + ", Verbs:" + quoted(verbs) + "}";
        }
        return "{APIGroups:" + quoted(groups) + ", Resources:" + quoted(resources)
                + (names.isEmpty() ? "" : ", ResourceNames:" + quoted(names)) + ", Verbs:" + quoted(verbs) + "}";
    }

    private static String quoted(Iterable<String> values) {
        var quoted = new ArrayList<String>();
        values.forEach(value -> quoted.add('"' + value + '"'));
        quoted.sort(null);
        return "[" + String.join(" ", quoted) + "]";
    }

    private static boolean has(Set<String> set, String value) {
        return set.contains(ALL) || set.contains(value);
    }
}
