package dev.longshore.kinds.wire;

import dev.longshore.model.GroupVersionKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which field has which number, from a table. A message's line is read when it is first asked for.
final class Messages {

    private static final String META = "apimachinery.pkg.apis.meta.v1.";

    /// The packages of all built-in groups.
    private static final Map<String, String> PACKAGES = packages();

    private final Map<String, Message> parsed = new ConcurrentHashMap<>();
    private final Map<GroupVersionKind, Optional<Message>> kinds = new ConcurrentHashMap<>();
    private final Map<String, String> lines;

    private Messages(Map<String, String> lines) {
        this.lines = lines;
    }

    /// The table, which is read once.
    static Messages table() {
        return Holder.TABLE;
    }

    /// The names of all messages.
    Set<String> names() {
        return Collections.unmodifiableSet(lines.keySet());
    }

    /// @throws IllegalStateException if the table does not have it
    Message find(String name) {
        // Not computeIfAbsent: messages hold messages.
        Message known = parsed.get(name);
        if (known == null) {
            known = parse(name);
            parsed.put(name, known);
        }
        return known;
    }

    /// The message of objects of a kind. Every group has the kinds of meta/v1 (`DeleteOptions` …) as well.
    Optional<Message> of(GroupVersionKind kind) {
        Optional<Message> known = kinds.get(kind);
        if (known == null) {
            known = nameOf(kind).map(this::find);
            // What clients make up must not stay.
            if (known.isPresent()) {
                kinds.put(kind, known);
            }
        }
        return known;
    }

    Optional<String> nameOf(GroupVersionKind kind) {
        String inGroup = PACKAGES.get(kind.group());
        return inGroup == null
                ? Optional.empty()
                : List.of(inGroup + "." + kind.version() + "." + kind.kind(), META + kind.kind()).stream()
                        .filter(lines::containsKey)
                        .findFirst();
    }

    private Message parse(String name) {
        String line = lines.get(name);
        if (line == null) {
            throw new IllegalStateException("no message " + name);
        }
        String inPackage = name.substring(0, name.lastIndexOf('.'));
        List<Field> fields = Arrays.stream(line.split(" "))
                .filter(text -> !text.isEmpty())
                .map(text -> Field.parse(text, inPackage))
                .toList();
        return new Message(fields, this);
    }

    /// Mostly, a package is named after the first step of the group's name.
    private static Map<String, String> packages() {
        var packages = new HashMap<String, String>();
        packages.put("", "api.core");
        packages.put("internal.apiserver.k8s.io", "api.apiserverinternal");
        packages.put("apiextensions.k8s.io", "apiextensions_apiserver.pkg.apis.apiextensions");
        packages.put("apiregistration.k8s.io", "kube_aggregator.pkg.apis.apiregistration");
        packages.put("meta.k8s.io", "apimachinery.pkg.apis.meta");
        for (String group : List.of("apps", "autoscaling", "batch", "policy")) {
            packages.put(group, "api." + group);
        }
        packages.put("rbac.authorization.k8s.io", "api.rbac");
        packages.put("flowcontrol.apiserver.k8s.io", "api.flowcontrol");
        for (String group : List.of(
                "admissionregistration",
                "authentication",
                "authorization",
                "certificates",
                "coordination",
                "discovery",
                "events",
                "networking",
                "node",
                "resource",
                "scheduling",
                "storage",
                "storagemigration")) {
            packages.put(group + ".k8s.io", "api." + group);
        }
        return Map.copyOf(packages);
    }

    private static final class Holder {
        private static final Messages TABLE = load();

        private static Messages load() {
            var lines = new HashMap<String, String>();
            try (var stream = Messages.class.getResourceAsStream("messages.tsv")) {
                new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .forEach(line -> {
                            int tab = line.indexOf('\t');
                            lines.put(line.substring(0, tab), line.substring(tab + 1));
                        });
            } catch (IOException broken) {
                throw new UncheckedIOException("cannot read the table of messages", broken);
            }
            return new Messages(lines);
        }
    }
}
