package dev.longshore.images;

import dev.longshore.base.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How to run an image: the `config` object of its configuration.
///
/// @param env name to value, in order
/// @param healthcheck as Docker spells it; absent when there is none
/// @param shell what runs shell forms; empty for the default
/// @param onBuild triggers for images built on this one
public record RunConfig(
        String user,
        Set<String> exposedPorts,
        Map<String, String> env,
        List<String> entrypoint,
        List<String> command,
        Set<String> volumes,
        String workingDirectory,
        Map<String, String> labels,
        String stopSignal,
        Optional<JsonNode> healthcheck,
        List<String> shell,
        List<String> onBuild) {

    /// Nothing said.
    public static final RunConfig EMPTY = new RunConfig(
            "",
            Set.of(),
            Map.of(),
            List.of(),
            List.of(),
            Set.of(),
            "",
            Map.of(),
            "",
            Optional.empty(),
            List.of(),
            List.of());

    public RunConfig {
        exposedPorts = Collections.unmodifiableSet(new TreeSet<>(exposedPorts));
        env = Collections.unmodifiableMap(new LinkedHashMap<>(env));
        entrypoint = List.copyOf(entrypoint);
        command = List.copyOf(command);
        volumes = Collections.unmodifiableSet(new TreeSet<>(volumes));
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        shell = List.copyOf(shell);
        onBuild = List.copyOf(onBuild);
    }

    static RunConfig read(JsonNode tree) {
        var env = new LinkedHashMap<String, String>();
        for (String entry : strings(tree.path("Env"))) {
            int equals = entry.indexOf('=');
            env.put(equals < 0 ? entry : entry.substring(0, equals), equals < 0 ? "" : entry.substring(equals + 1));
        }
        var labels = new TreeMap<String, String>();
        tree.path("Labels")
                .properties()
                .forEach(e -> labels.put(e.getKey(), e.getValue().asString("")));
        return new RunConfig(
                tree.path("User").asString(""),
                keys(tree.path("ExposedPorts")),
                env,
                strings(tree.path("Entrypoint")),
                strings(tree.path("Cmd")),
                keys(tree.path("Volumes")),
                tree.path("WorkingDir").asString(""),
                labels,
                tree.path("StopSignal").asString(""),
                Optional.of(tree.path("Healthcheck")).filter(JsonNode::isObject),
                strings(tree.path("Shell")),
                strings(tree.path("OnBuild")));
    }

    /// As JSON; what is empty is left out.
    public ObjectNode json() {
        ObjectNode tree = Json.object();
        if (!user.isEmpty()) {
            tree.put("User", user);
        }
        putKeys(tree, "ExposedPorts", exposedPorts);
        putStrings(
                tree,
                "Env",
                env.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .toList());
        putStrings(tree, "Entrypoint", entrypoint);
        putStrings(tree, "Cmd", command);
        putKeys(tree, "Volumes", volumes);
        if (!workingDirectory.isEmpty()) {
            tree.put("WorkingDir", workingDirectory);
        }
        if (!labels.isEmpty()) {
            ObjectNode inner = tree.putObject("Labels");
            labels.forEach(inner::put);
        }
        if (!stopSignal.isEmpty()) {
            tree.put("StopSignal", stopSignal);
        }
        healthcheck.ifPresent(check -> tree.set("Healthcheck", check));
        putStrings(tree, "Shell", shell);
        putStrings(tree, "OnBuild", onBuild);
        return tree;
    }

    /// The same for another user.
    public RunConfig withUser(String value) {
        return new RunConfig(
                value,
                exposedPorts,
                env,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                labels,
                stopSignal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same with these ports besides.
    public RunConfig exposing(Set<String> more) {
        var all = new TreeSet<>(exposedPorts);
        all.addAll(more);
        return new RunConfig(
                user,
                all,
                env,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                labels,
                stopSignal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same with these variables besides, or in place of older ones.
    public RunConfig withEnv(Map<String, String> more) {
        var all = new LinkedHashMap<>(env);
        all.putAll(more);
        return new RunConfig(
                user,
                exposedPorts,
                all,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                labels,
                stopSignal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same with another ENTRYPOINT and CMD.
    public RunConfig starting(List<String> newEntrypoint, List<String> newCommand) {
        return new RunConfig(
                user,
                exposedPorts,
                env,
                newEntrypoint,
                newCommand,
                volumes,
                workingDirectory,
                labels,
                stopSignal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same with these volumes besides.
    public RunConfig withVolumes(Set<String> more) {
        var all = new TreeSet<>(volumes);
        all.addAll(more);
        return new RunConfig(
                user,
                exposedPorts,
                env,
                entrypoint,
                command,
                all,
                workingDirectory,
                labels,
                stopSignal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same in another directory.
    public RunConfig in(String directory) {
        return new RunConfig(
                user,
                exposedPorts,
                env,
                entrypoint,
                command,
                volumes,
                directory,
                labels,
                stopSignal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same with these labels besides, or in place of older ones.
    public RunConfig labelled(Map<String, String> more) {
        var all = new TreeMap<>(labels);
        all.putAll(more);
        return new RunConfig(
                user,
                exposedPorts,
                env,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                all,
                stopSignal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same with another signal to stop it.
    public RunConfig stoppedBy(String signal) {
        return new RunConfig(
                user,
                exposedPorts,
                env,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                labels,
                signal,
                healthcheck,
                shell,
                onBuild);
    }

    /// The same with another health check.
    public RunConfig checkedBy(JsonNode check) {
        return new RunConfig(
                user,
                exposedPorts,
                env,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                labels,
                stopSignal,
                Optional.of(check),
                shell,
                onBuild);
    }

    /// The same with another shell for shell forms.
    public RunConfig withShell(List<String> newShell) {
        return new RunConfig(
                user,
                exposedPorts,
                env,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                labels,
                stopSignal,
                healthcheck,
                newShell,
                onBuild);
    }

    /// The same with other triggers.
    public RunConfig withOnBuild(List<String> triggers) {
        return new RunConfig(
                user,
                exposedPorts,
                env,
                entrypoint,
                command,
                volumes,
                workingDirectory,
                labels,
                stopSignal,
                healthcheck,
                shell,
                triggers);
    }

    private static List<String> strings(JsonNode array) {
        var strings = new ArrayList<String>();
        if (array.isString()) {
            strings.add(array.asString());
        }
        if (array.isArray()) {
            array.forEach(entry -> strings.add(entry.asString("")));
        }
        return strings;
    }

    private static Set<String> keys(JsonNode object) {
        var keys = new TreeSet<String>();
        object.properties().forEach(entry -> keys.add(entry.getKey()));
        return keys;
    }

    private static void putStrings(ObjectNode tree, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode array = tree.putArray(field);
            values.forEach(array::add);
        }
    }

    private static void putKeys(ObjectNode tree, String field, Set<String> keys) {
        if (!keys.isEmpty()) {
            ObjectNode object = tree.putObject(field);
            keys.forEach(object::putObject);
        }
    }
}
