package dev.longshore.autoscaler;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/// The priority expander: groups whose id matches an expression of the highest priority. People write the
/// expressions into the ConfigMap `cluster-autoscaler-priority-expander`, which is read anew for each choice:
///
/// ```
/// priorities: |-
///   10: [".*spot.*"]
///   50: [".*"]
/// ```
///
/// Without a ConfigMap that can be understood no option is good enough, as with the original.
final class Priorities implements Expander {

    static final String CONFIG_MAP = "cluster-autoscaler-priority-expander";
    private static final String KEY = "priorities";

    private final Supplier<Optional<Map<String, String>>> data;
    private final BiConsumer<String, String> warnings;

    /// @param data the ConfigMap's, if it is there
    /// @param warnings takes the reason and the message of what people should know
    Priorities(Supplier<Optional<Map<String, String>>> data, BiConsumer<String, String> warnings) {
        this.data = data;
        this.warnings = warnings;
    }

    @Override
    public List<Expansion> best(List<Expansion> options) {
        Optional<Map<String, String>> found = data.get();
        if (found.isEmpty()) {
            return List.of();
        }
        String text = found.get().get(KEY);
        if (text == null) {
            warnings.accept(
                    "PriorityConfigMapInvalid",
                    "Wrong configmap for priority expander, doesn't contain " + KEY + " key. Ignoring update.");
            return List.of();
        }
        try {
            return best(options, parse(text));
        } catch (IllegalArgumentException wrong) {
            warnings.accept(
                    "PriorityConfigMapInvalid",
                    "Wrong configuration for priority expander: " + wrong.getMessage() + ". Ignoring update.");
            return List.of();
        }
    }

    private List<Expansion> best(List<Expansion> options, TreeMap<Integer, List<Pattern>> priorities) {
        var byPriority = new TreeMap<Integer, List<Expansion>>();
        for (Expansion option : options) {
            Optional<Integer> priority = priorities.descendingMap().entrySet().stream()
                    .filter(entry -> entry.getValue().stream()
                            .anyMatch(pattern ->
                                    pattern.matcher(option.group().id()).find()))
                    .map(Map.Entry::getKey)
                    .findFirst();
            if (priority.isEmpty()) {
                warnings.accept(
                        "PriorityConfigMapNotMatchedGroup",
                        "Priority expander: node group %s not found in priority expander configuration. The group won't be used."
                                .formatted(option.group().id()));
            } else {
                byPriority
                        .computeIfAbsent(priority.get(), absent -> new ArrayList<>())
                        .add(option);
            }
        }
        if (byPriority.isEmpty()) {
            warnings.accept(
                    "PriorityConfigMapNoGroupMatched",
                    "Priority expander: no priorities info found for any of the expansion options. Falling back to random choice.");
            return options;
        }
        return byPriority.lastEntry().getValue();
    }

    private static TreeMap<Integer, List<Pattern>> parse(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("priority configuration in " + CONFIG_MAP
                    + " configmap is empty; please provide valid configuration");
        }
        var priorities = new TreeMap<Integer, List<Pattern>>();
        try {
            JsonNode tree = Yaml.parseAsGo(text);
            if (!tree.isObject()) {
                throw new IllegalArgumentException("no mapping of numbers to lists of expressions");
            }
            tree.properties().forEach(entry -> priorities.put(Integer.valueOf(entry.getKey()), patterns(entry)));
        } catch (Json.MalformedException | NumberFormatException notYaml) {
            throw new IllegalArgumentException(
                    "Can't parse YAML with priorities in the configmap: " + notYaml.getMessage(), notYaml);
        }
        return priorities;
    }

    private static List<Pattern> patterns(Map.Entry<String, JsonNode> entry) {
        var patterns = new ArrayList<Pattern>();
        for (JsonNode expression : entry.getValue()) {
            try {
                patterns.add(Pattern.compile(expression.asString()));
            } catch (PatternSyntaxException wrong) {
                throw new IllegalArgumentException(
                        "Can't compile regexp rule for priority %s and rule %s: %s"
                                .formatted(entry.getKey(), expression.asString(), wrong.getDescription()),
                        wrong);
            }
        }
        return patterns;
    }
}
