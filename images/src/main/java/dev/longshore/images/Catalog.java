package dev.longshore.images;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
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
    private final Object turn = new Object();
    private volatile State state = new State(Map.of(), Map.of());

    Catalog(ImageLayout layout) {
        this.file = layout.images();
    }

    /// @param names full names with tags, and what they point to
    /// @param targets everything kept for its own sake, and the repositories that know it by digest
    record State(Map<String, Digest> names, Map<Digest, SortedSet<String>> targets) {
        State {
            names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
            targets = Map.copyOf(targets);
        }

        State named(Reference name, Digest target) {
            var more = new TreeMap<>(names);
            more.put(name.toString(), target);
            return new State(more, targets).known(name.repository(), target);
        }

        State unnamed(Reference name) {
            var fewer = new TreeMap<>(names);
            Digest target = fewer.remove(name.toString());
            State next = new State(fewer, targets);
            boolean isLast = target != null
                    && targets.containsKey(target)
                    && next.namesOf(target).stream().noneMatch(other -> other.startsWith(name.repository() + ":"));
            if (!isLast) {
                return next;
            }
            var repositories = new TreeSet<>(targets.get(target));
            repositories.remove(name.repository());
            var changed = new java.util.HashMap<>(targets);
            changed.put(target, Collections.unmodifiableSortedSet(repositories));
            return new State(fewer, changed);
        }

        /// Without `name`; what it pointed to stays where it is, also in that repository.
        State untagged(Reference name) {
            var fewer = new TreeMap<>(names);
            fewer.remove(name.toString());
            return new State(fewer, targets);
        }

        /// With nothing of `target` in `repository`; it stays as long as another repository or name has it.
        State without(String repository, Digest target) {
            var fewerNames = new TreeMap<>(names);
            fewerNames
                    .entrySet()
                    .removeIf(entry ->
                            entry.getValue().equals(target) && entry.getKey().startsWith(repository + ":"));
            var repositories = new TreeSet<>(targets.getOrDefault(target, Collections.emptySortedSet()));
            repositories.remove(repository);
            State next = new State(fewerNames, targets);
            if (repositories.isEmpty() && next.namesOf(target).isEmpty()) {
                return next.without(target);
            }
            var changed = new java.util.HashMap<>(targets);
            changed.put(target, Collections.unmodifiableSortedSet(repositories));
            return new State(fewerNames, changed);
        }

        State known(String repository, Digest target) {
            var more = new java.util.HashMap<>(targets);
            var repositories = new TreeSet<>(more.getOrDefault(target, Collections.emptySortedSet()));
            if (!repository.isEmpty()) {
                repositories.add(repository);
            }
            more.put(target, Collections.unmodifiableSortedSet(repositories));
            return new State(names, more);
        }

        State without(Digest target) {
            var fewerTargets = new java.util.HashMap<>(targets);
            fewerTargets.remove(target);
            var fewerNames = new TreeMap<>(names);
            fewerNames.values().removeIf(target::equals);
            return new State(fewerNames, fewerTargets);
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
        var targets = new java.util.HashMap<Digest, SortedSet<String>>();
        tree.path("targets").properties().forEach(e -> {
            var repositories = new TreeSet<String>();
            e.getValue().forEach(repository -> repositories.add(repository.asString()));
            targets.put(Digest.parse(e.getKey()), Collections.unmodifiableSortedSet(repositories));
        });
        state = new State(names, targets);
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
        Path fresh = file.resolveSibling("images.json.new");
        try (var channel = FileChannel.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(Json.prettyBytes(tree));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        ContentStore.syncDirectory(file.getParent());
    }
}
