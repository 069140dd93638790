package dev.longshore.server.config;

import dev.longshore.autoscaler.AutoscalerFlags;
import dev.longshore.autoscaler.AutoscalerOptions;
import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Groups of hollow nodes, and how they are scaled.
///
/// @param groups none for no autoscaler
public record HollowScale(List<HollowGroup> groups, AutoscalerOptions options) {

    /// Without any group.
    public static final HollowScale NONE = new HollowScale(List.of(), AutoscalerOptions.DEFAULT);

    /// @throws IllegalArgumentException when two groups have one name
    public HollowScale {
        groups = List.copyOf(groups);
        long names = groups.stream().map(HollowGroup::name).distinct().count();
        if (names < groups.size()) {
            throw new IllegalArgumentException("two groups have the same name");
        }
    }

    /// From a document in YAML and what is to be added to it.
    ///
    /// ```
    /// groups:
    /// - name: workers
    ///   min: 1
    ///   max: 4
    ///   cpu: 2
    ///   memory: 4Gi
    ///   labels: {pool: a}
    ///   taints: ["dedicated=gpu:NoSchedule"]
    /// autoscaler:
    ///   scale-down-unneeded-time: 1m
    /// ```
    ///
    /// @param yaml may be empty
    /// @param groups each as [HollowGroup#parse] reads it
    /// @param flags each as [AutoscalerFlags] reads it; these win
    /// @throws IllegalArgumentException when something makes no sense
    public static HollowScale of(String yaml, List<String> groups, List<String> flags) {
        JsonNode tree;
        try {
            tree = Yaml.parse(yaml);
        } catch (Json.MalformedException notYaml) {
            throw new IllegalArgumentException("is not YAML: " + notYaml.getMessage(), notYaml);
        }
        if (!tree.isObject()) {
            throw new IllegalArgumentException("must be a mapping with the keys groups and autoscaler");
        }
        tree.properties().forEach(entry -> {
            if (!entry.getKey().equals("groups") && !entry.getKey().equals("autoscaler")) {
                throw new IllegalArgumentException(
                        "unknown key \"%s\"; known are groups, autoscaler".formatted(entry.getKey()));
            }
        });
        var all = new ArrayList<HollowGroup>();
        for (JsonNode group : tree.path("groups")) {
            all.add(group(group));
        }
        groups.forEach(text -> all.add(HollowGroup.parse(text)));
        var assignments = new ArrayList<String>();
        tree.path("autoscaler")
                .properties()
                .forEach(entry ->
                        values(entry.getValue()).forEach(value -> assignments.add(entry.getKey() + "=" + value)));
        assignments.addAll(flags);
        AutoscalerOptions options = AutoscalerFlags.parse(assignments);
        if (all.isEmpty() && !assignments.isEmpty()) {
            throw new IllegalArgumentException("there is no group to scale: give --hollow-group or --hollow-config");
        }
        return new HollowScale(all, options);
    }

    /// As [#of], with the document in `file`.
    public static HollowScale read(Path file, List<String> groups, List<String> flags) {
        try {
            return of(Files.readString(file), groups, flags);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        }
    }

    private static HollowGroup group(JsonNode tree) {
        if (!tree.isObject()) {
            throw new IllegalArgumentException("each of groups must be a mapping, with at least name and max");
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        tree.properties().forEach(entry -> {
            switch (entry.getKey()) {
                case "labels" -> {
                    var labels = new ArrayList<String>();
                    entry.getValue()
                            .properties()
                            .forEach(label -> labels.add(
                                    label.getKey() + "=" + label.getValue().asString()));
                    values.put("label", labels);
                }
                case "taints" -> values.put("taint", values(entry.getValue()));
                default -> values.put(entry.getKey(), values(entry.getValue()));
            }
        });
        return HollowGroup.of(values);
    }

    private static List<String> values(JsonNode value) {
        if (!value.isArray()) {
            return List.of(value.asString());
        }
        var all = new ArrayList<String>();
        value.forEach(one -> all.add(one.asString()));
        return all;
    }
}
