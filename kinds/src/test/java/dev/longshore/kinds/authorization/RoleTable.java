package dev.longshore.kinds.authorization;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What roles are to allow, as `default-roles.txt` has it, which says how it is to be read.
public final class RoleTable {

    private static final Map<Character, String> VERBS = Map.of(
            'c', "create",
            'g', "get",
            'l', "list",
            'w', "watch",
            'u', "update",
            'p', "patch",
            'd', "delete",
            'D', "deletecollection");

    private final Map<String, Expected> roles = new LinkedHashMap<>();
    private final Set<String> verbs = new TreeSet<>(VERBS.values());
    private final Set<Cell> cells = new HashSet<>();

    private RoleTable() {}

    /// A resource, possibly by the name of the one that counts.
    public record Cell(String group, String resource, String name) {}

    /// What one role is to allow.
    public record Expected(String namespace, Map<Cell, Set<String>> resources, Map<String, Set<String>> paths) {

        /// By nothing but this table's own lines.
        public boolean allows(String verb, String group, String resource, String name) {
            return has(verb, group, resource, name) || !name.isEmpty() && has(verb, group, resource, "");
        }

        private boolean has(String verb, String group, String resource, String name) {
            int slash = resource.indexOf('/');
            var spellings = new ArrayList<>(List.of(resource, "*"));
            if (slash > 0) {
                spellings.add("*" + resource.substring(slash));
            }
            for (String spelling : spellings) {
                for (String ofGroup : List.of(group, "*")) {
                    Set<String> verbs = resources.getOrDefault(new Cell(ofGroup, spelling, name), Set.of());
                    if (verbs.contains(verb) || verbs.contains("*")) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /// The table of the default roles.
    public static RoleTable read() {
        var table = new RoleTable();
        Expected role = null;
        for (String line : lines("default-roles.txt")) {
            String[] words = line.strip().split(" ");
            if (words[0].equals("role")) {
                String namespace = words.length > 2 ? words[3] : "";
                role = new Expected(namespace, new HashMap<>(), new HashMap<>());
                table.roles.put(namespace.isEmpty() ? words[1] : namespace + "/" + words[1], role);
            } else {
                table.read(role, words);
            }
        }
        return table;
    }

    /// The lines of a test's table, without remarks.
    public static List<String> lines(String file) {
        try (var stream = RoleTable.class.getResourceAsStream(file)) {
            return new String(stream.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private void read(Expected role, String[] words) {
        Set<String> allowed = verbs(words[0]);
        verbs.addAll(allowed);
        for (String each : words[2].split(",")) {
            if (words[1].equals("url")) {
                role.paths.put(each, allowed);
                continue;
            }
            String group = words[1].equals("core") ? "" : words[1];
            var cell = new Cell(group, each, words.length > 3 ? words[4] : "");
            role.resources.put(cell, allowed);
            cells.add(cell);
        }
    }

    private static Set<String> verbs(String text) {
        var verbs = new HashSet<String>();
        for (String part : text.split(",")) {
            boolean isSpelled = part.chars().anyMatch(letter -> !VERBS.containsKey((char) letter));
            if (isSpelled) {
                verbs.add(part);
            } else {
                part.chars().forEach(letter -> verbs.add(VERBS.get((char) letter)));
            }
        }
        return verbs;
    }

    /// By name; those of namespaces as `NAMESPACE/NAME`.
    public Map<String, Expected> roles() {
        return roles;
    }

    /// All verbs that occur.
    public Set<String> verbs() {
        return verbs;
    }

    /// All resources that occur.
    public Set<Cell> cells() {
        return cells;
    }
}
