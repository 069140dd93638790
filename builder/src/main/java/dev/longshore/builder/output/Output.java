package dev.longshore.builder.output;

import dev.longshore.images.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Something that comes out of a build, as `--output type=…` says.
public sealed interface Output {

    /// An image in this machine's store.
    ///
    /// @param names besides those of the build
    /// @param push whether all its names are pushed
    record ToStore(List<Reference> names, boolean push) implements Output {
        public ToStore {
            names = List.copyOf(names);
        }
    }

    /// The image as an archive, that `docker load` and OCI tools read.
    ///
    /// @param isWhole whether attestations go along: `oci`; `docker` has the image alone
    /// @param names in the archive, besides those of the build
    record ToArchive(boolean isWhole, List<Reference> names) implements Output {
        public ToArchive {
            names = List.copyOf(names);
        }
    }

    /// The files of the target, as a plain archive; whoever asked for a directory unpacks it.
    record ToTree() implements Output {}

    /// True if its bytes go to whoever asked for the build.
    default boolean isSent() {
        return switch (this) {
            case ToStore stored -> false;
            case ToArchive archive -> true;
            case ToTree tree -> true;
        };
    }

    /// Reads what a client sent: the type, and the attributes that do not concern the client alone.
    ///
    /// @throws IllegalArgumentException with one line that says what is wrong
    static Output of(String type, Map<String, String> attributes) {
        return switch (type) {
            case "image" -> {
                only(type, attributes, Set.of("name", "push"));
                boolean push = flag(attributes, "push");
                yield new ToStore(names(attributes), push);
            }
            case "registry" -> {
                only(type, attributes, Set.of("name"));
                yield new ToStore(names(attributes), true);
            }
            case "oci", "docker" -> {
                only(type, attributes, Set.of("name"));
                yield new ToArchive(type.equals("oci"), names(attributes));
            }
            case "local", "tar" -> {
                only(type, attributes, Set.of());
                yield new ToTree();
            }
            default ->
                throw new IllegalArgumentException(
                        "unknown output type \"" + type + "\": there are image, registry, oci, docker, local and tar");
        };
    }

    private static void only(String type, Map<String, String> attributes, Set<String> known) {
        var unknown = new TreeSet<>(attributes.keySet());
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "output type \"" + type + "\" does not know \"" + unknown.first() + "\"");
        }
    }

    private static boolean flag(Map<String, String> attributes, String name) {
        return switch (attributes.getOrDefault(name, "false")) {
            case "true", "1", "" -> true;
            case "false", "0" -> false;
            default ->
                throw new IllegalArgumentException(
                        "non-bool value \"" + attributes.get(name) + "\" specified for " + name);
        };
    }

    private static List<Reference> names(Map<String, String> attributes) {
        var names = new ArrayList<Reference>();
        for (String name : attributes.getOrDefault("name", "").split(",", -1)) {
            if (!name.isBlank()) {
                names.add(Reference.parse(name.strip()).withDefaultTag());
            }
        }
        return names;
    }
}
