package dev.longshore.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What one nftables table, mostly of family `ip`, shall hold, as a value: it can be loaded whole, or as the difference
/// to what was loaded before. Both are one transaction.
///
/// The order of a difference: what is referred to comes before what refers to it, and goes after it.
///
/// @param sets sets and maps by name: kind and definition, as `map x { type …; }` without the name
/// @param chains by name, in order of declaration
/// @param elements by set, key to value; an empty value for sets
record Ruleset(
        SequencedMap<String, SetDefinition> sets,
        SequencedMap<String, Chain> chains,
        Map<String, Map<String, String>> elements) {

    /// A set or map.
    ///
    /// @param kind `set` or `map`
    record SetDefinition(String kind, String definition) {}

    /// A chain.
    ///
    /// @param hook where it hangs, as `type nat hook output priority -100; policy accept;`; empty for others
    /// @param isFixed whether it can only be loaded together with the sets it reads: nft 1.0.6 refuses a rule
    /// that reads a map declared by `typeof` in an earlier transaction
    record Chain(String hook, List<String> rules, boolean isFixed) {
        Chain {
            rules = List.copyOf(rules);
        }
    }

    /// The script that replaces `table` by this. `more` are elements to add which no ruleset knows, by set:
    /// what the kernel itself had learned.
    String replacing(String table, Map<String, List<String>> more) {
        return replacing("ip", table, more);
    }

    /// The same for a table of `family`.
    String replacing(String family, String table, Map<String, List<String>> more) {
        var script = new Script(family, table);
        script.line("add table " + family + " " + table);
        script.line("delete table " + family + " " + table);
        script.line("add table " + family + " " + table);
        sets.forEach(script::addSet);
        chains.forEach(script::addChain);
        chains.forEach(script::addRules);
        elements.forEach(script::addElements);
        more.forEach((set, lines) -> {
            if (sets.containsKey(set)) {
                script.elements("add", set, lines);
            }
        });
        return script.toString();
    }

    /// The script that turns `before`, which is loaded, into this; blank when nothing differs; empty when only
    /// a replacement will do.
    Optional<String> after(Ruleset before, String table) {
        if (changes(before.sets, sets) || !fixed(chains).equals(fixed(before.chains))) {
            return Optional.empty();
        }
        var script = new Script("ip", table);
        added(before.sets, sets).forEach(script::addSet);
        added(before.chains, chains).forEach(script::addChain);
        chains.forEach((name, chain) -> {
            Chain old = before.chains.get(name);
            if (old != null && !old.equals(chain)) {
                script.line("flush chain ip " + table + " " + name);
            }
            if (!chain.equals(old)) {
                script.addRules(name, chain);
            }
        });
        var goneChains = added(chains, before.chains);
        goneChains.keySet().forEach(name -> script.line("flush chain ip " + table + " " + name));
        before.elements.forEach((set, old) -> script.elements("delete", set, outdated(old, elementsOf(set))));
        elements.forEach((set, now) -> script.addElements(set, missing(before.elementsOf(set), now)));
        goneChains.keySet().forEach(name -> script.line("delete chain ip " + table + " " + name));
        added(sets, before.sets)
                .forEach((name, set) -> script.line("delete " + set.kind() + " ip " + table + " " + name));
        return Optional.of(script.toString());
    }

    private Map<String, String> elementsOf(String set) {
        return elements.getOrDefault(set, Map.of());
    }

    private static Map<String, Chain> fixed(Map<String, Chain> chains) {
        var all = new LinkedHashMap<>(chains);
        all.values().removeIf(chain -> !chain.isFixed());
        return all;
    }

    private static <V> boolean changes(Map<String, V> before, Map<String, V> now) {
        return now.entrySet().stream().anyMatch(entry -> {
            V old = before.get(entry.getKey());
            return old != null && !old.equals(entry.getValue());
        });
    }

    private static <V> SequencedMap<String, V> added(Map<String, V> before, Map<String, V> now) {
        var all = new LinkedHashMap<>(now);
        all.keySet().removeAll(before.keySet());
        return all;
    }

    private static List<String> outdated(Map<String, String> before, Map<String, String> now) {
        return before.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(now.get(entry.getKey())))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, String> missing(Map<String, String> before, Map<String, String> now) {
        var all = new LinkedHashMap<>(now);
        all.entrySet().removeIf(entry -> entry.getValue().equals(before.get(entry.getKey())));
        return all;
    }

    /// Collects a ruleset. Of two elements with one key the first stays: two services that claim one address
    /// are the user's mistake, and must not break the others.
    static final class Builder {

        private final SequencedMap<String, SetDefinition> sets = new LinkedHashMap<>();
        private final SequencedMap<String, Chain> chains = new LinkedHashMap<>();
        private final Map<String, Map<String, String>> elements = new TreeMap<>();

        Builder set(String name, String definition) {
            sets.put(name, new SetDefinition("set", definition));
            return this;
        }

        Builder map(String name, String definition) {
            sets.put(name, new SetDefinition("map", definition));
            return this;
        }

        Builder fixed(String name, String hook, String... rules) {
            chains.put(name, new Chain(hook, List.of(rules), true));
            return this;
        }

        Builder chain(String name, List<String> rules) {
            chains.put(name, new Chain("", rules, false));
            return this;
        }

        Builder element(String set, String key) {
            return element(set, key, "");
        }

        Builder element(String set, String key, String value) {
            elements.computeIfAbsent(set, any -> new TreeMap<>()).putIfAbsent(key, value);
            return this;
        }

        Ruleset build() {
            return new Ruleset(
                    Collections.unmodifiableSequencedMap(sets), Collections.unmodifiableSequencedMap(chains), elements);
        }
    }

    /// An nft script in the making.
    private static final class Script {

        private final StringBuilder text = new StringBuilder();
        private final String family;
        private final String table;

        Script(String family, String table) {
            this.family = family;
            this.table = table;
        }

        void line(String line) {
            text.append(line).append('\n');
        }

        void addSet(String name, SetDefinition set) {
            line("add %s %s %s %s { %s }".formatted(set.kind(), family, table, name, set.definition()));
        }

        void addChain(String name, Chain chain) {
            String hook = chain.hook().isEmpty() ? "" : " { " + chain.hook() + " }";
            line("add chain %s %s %s%s".formatted(family, table, name, hook));
        }

        void addRules(String name, Chain chain) {
            chain.rules().forEach(rule -> line("add rule %s %s %s %s".formatted(family, table, name, rule)));
        }

        void addElements(String set, Map<String, String> elements) {
            var lines = new ArrayList<String>();
            elements.forEach((key, value) -> lines.add(value.isEmpty() ? key : key + " : " + value));
            elements("add", set, lines);
        }

        void elements(String verb, String set, List<String> elements) {
            if (!elements.isEmpty()) {
                line("%s element %s %s %s { %s }".formatted(verb, family, table, set, String.join(", ", elements)));
            }
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
