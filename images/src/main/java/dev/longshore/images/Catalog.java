package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which names point where, on disk in one file that is replaced in one step. Readers see an immutable state
/// and never wait; writers take turns, each turn lasting until its file is synced.
final class Catalog {

    private final Path file;
    private final Disk disk;
    private final Object turn = new Object();
    private volatile State state = new State(Map.of(), Map.of(), Map.of(), Map.of());

    Catalog(ImageLayout layout, Disk disk) {
        this.file = layout.images();
        this.disk = disk;
    }

    /// @param names full names with tags, and what they point to
    /// @param targets everything kept for its own sake, and the repositories that know it by digest
    /// @param parents of images that were made here out of others, by image id
    /// @param tagged when a target was last given a name
    record State(
            Map<String, Digest> names,
            Map<Digest, SortedSet<String>> targets,
            Map<Digest, Digest> parents,
            Map<Digest, Instant> tagged) {
        State {
            names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
            targets = Map.copyOf(targets);
            parents = Map.copyOf(parents);
            tagged = Map.copyOf(tagged);
        }

        State named(Reference name, Digest target, Instant now) {
            var more = new TreeMap<>(names);
            more.put(name.toString(), target);
            var times = new HashMap<>(tagged);
            times.put(target, now);
            return new State(more, targets, parents, times).known(name.repository(), target);
        }

        /// Without `name`, and without its repository if that has no other name for it.
        State unnamed(Reference name) {
            Digest target = names.get(name.toString());
            State next = untagged(name);
            boolean isLast = target != null
                    && targets.containsKey(target)
                    && next.namesOf(target).stream().noneMatch(other -> other.startsWith(name.repository() + ":"));
            return isLast ? next.unknown(name.repository(), target) : next;
        }

        /// Without `name`; what it pointed to stays where it is, also in that repository.
        State untagged(Reference name) {
            var fewer = new TreeMap<>(names);
            fewer.remove(name.toString());
            return new State(fewer, targets, parents, tagged);
        }

        /// With nothing of `target` in `repository`; it stays as long as another repository or name has it.
        State without(String repository, Digest target) {
            var fewerNames = new TreeMap<>(names);
            fewerNames
                    .entrySet()
                    .removeIf(entry ->
                            entry.getValue().equals(target) && entry.getKey().startsWith(repository + ":"));
            State next = new State(fewerNames, targets, parents, tagged).unknown(repository, target);
            boolean isNobodys = next.targets()
                            .getOrDefault(target, Collections.emptySortedSet())
                            .isEmpty()
                    && next.namesOf(target).isEmpty();
            return isNobodys ? next.without(target) : next;
        }

        /// `target` stays, but `repository` no longer knows it by its digest.
        State unknown(String repository, Digest target) {
            var repositories = new TreeSet<>(targets.getOrDefault(target, Collections.emptySortedSet()));
            repositories.remove(repository);
            var changed = new HashMap<>(targets);
            changed.put(target, Collections.unmodifiableSortedSet(repositories));
            return new State(names, changed, parents, tagged);
        }

        State known(String repository, Digest target) {
            var more = new HashMap<>(targets);
            var repositories = new TreeSet<>(more.getOrDefault(target, Collections.emptySortedSet()));
            if (!repository.isEmpty()) {
                repositories.add(repository);
            }
            more.put(target, Collections.unmodifiableSortedSet(repositories));
            return new State(names, more, parents, tagged);
        }

        State without(Digest target) {
            var fewerTargets = new HashMap<>(targets);
            fewerTargets.remove(target);
            var fewerNames = new TreeMap<>(names);
            fewerNames.values().removeIf(target::equals);
            var fewerTimes = new HashMap<>(tagged);
            fewerTimes.remove(target);
            return new State(fewerNames, fewerTargets, parents, fewerTimes);
        }

        State bornOf(Digest child, Digest parent) {
            var more = new HashMap<>(parents);
            more.put(child, parent);
            return new State(names, targets, more, tagged);
        }

        State orphaned(Digest child) {
            var fewer = new HashMap<>(parents);
            fewer.remove(child);
            return new State(names, targets, fewer, tagged);
        }

        Map<Digest, SortedSet<String>> namesByTarget() {
            var all = new HashMap<Digest, SortedSet<String>>();
            names.forEach((name, target) ->
                    all.computeIfAbsent(target, t -> new TreeSet<>()).add(name));
            return all;
        }

        SortedSet<String> namesOf(Digest target) {
            var found = new TreeSet<String>();
            names.forEach((name, digest) -> {
                if (digest.equals(target)) {
                    found.add(name);
                }
            });
            return found;
        }
    }

    State state() {
        return state;
    }

    void start() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        JsonNode tree = Json.parse(Files.readAllBytes(file));
        SortedMap<String, Digest> names = new TreeMap<>();
        tree.path("names")
                .properties()
                .forEach(e -> names.put(e.getKey(), Digest.parse(e.getValue().asString())));
        var targets = new HashMap<Digest, SortedSet<String>>();
        tree.path("targets").properties().forEach(e -> {
            var repositories = new TreeSet<String>();
            e.getValue().forEach(repository -> repositories.add(repository.asString()));
            targets.put(Digest.parse(e.getKey()), Collections.unmodifiableSortedSet(repositories));
        });
        var parents = new HashMap<Digest, Digest>();
        tree.path("parents")
                .properties()
                .forEach(e -> parents.put(
                        Digest.parse(e.getKey()), Digest.parse(e.getValue().asString())));
        var tagged = new HashMap<Digest, Instant>();
        tree.path("tagged")
                .properties()
                .forEach(e -> tagged.put(
                        Digest.parse(e.getKey()), Instant.parse(e.getValue().asString())));
        state = new State(names, targets, parents, tagged);
    }

    void change(UnaryOperator<State> change) throws IOException {
        synchronized (turn) {
            State next = change.apply(state);
            if (!next.equals(state)) {
                write(next);
                state = next;
            }
        }
    }

    private void write(State next) throws IOException {
        ObjectNode tree = Json.object();
        ObjectNode names = tree.putObject("names");
        next.names().forEach((name, target) -> names.put(name, target.toString()));
        ObjectNode targets = tree.putObject("targets");
        next.targets().entrySet().stream()
                .sorted(Map.Entry.comparingByKey(java.util.Comparator.comparing(Digest::toString)))
                .forEach(e -> {
                    var repositories = targets.putArray(e.getKey().toString());
                    e.getValue().forEach(repositories::add);
                });
        ObjectNode parents = tree.putObject("parents");
        new TreeMap<>(texts(next.parents())).forEach(parents::put);
        ObjectNode tagged = tree.putObject("tagged");
        new TreeMap<>(texts(next.tagged())).forEach(tagged::put);
        disk.replace(file.resolveSibling("images.json.new"), file, Json.prettyBytes(tree));
    }

    private static Map<String, String> texts(Map<Digest, ?> map) {
        var texts = new HashMap<String, String>();
        map.forEach((key, value) -> texts.put(key.toString(), value.toString()));
        return texts;
    }
}
