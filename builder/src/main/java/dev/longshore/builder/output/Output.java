package dev.longshore.builder.output;

import dev.longshore.images.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Something that comes out of a build, as `--output type=…` says.
public sealed interface Output {

    /// `platform-split`, of BuildKit's `local` and `tar`.
    String SPLIT = "platform-split";

    /// `attestation-prefix`, of the same.
    String PREFIX = "attestation-prefix";

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
    ///
    /// @param isSplit whether each platform has a directory of its own; without it only if there are several
    /// @param prefix of the names of attestations' files
    record ToTree(Optional<Boolean> isSplit, String prefix) implements Output {}

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
                only(type, attributes, Set.of(SPLIT, PREFIX));
                yield new ToTree(
                        attributes.containsKey(SPLIT) ? Optional.of(flag(attributes, SPLIT)) : Optional.empty(),
                        prefix(attributes.getOrDefault(PREFIX, "")));
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

    private static String prefix(String text) {
        if (text.indexOf('/') >= 0) {
            throw new IllegalArgumentException(PREFIX + " \"" + text + "\" is no part of a file's name");
        }
        return text;
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
