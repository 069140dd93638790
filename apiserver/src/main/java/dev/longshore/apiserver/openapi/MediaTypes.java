package dev.longshore.apiserver.openapi;

import java.util.ArrayList;
import java.util.List;

/// The media types that operations name.
final class MediaTypes {

    static final List<String> ANY = List.of("*/*");
    static final List<String> JSON = List.of("application/json");

    /// Of discovery.
    static final List<String> DISCOVERY =
            List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");

    /// Of objects.
    static final List<String> OBJECTS =
            List.of("application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/cbor");

    /// Of lists, which can become watches.
    static final List<String> LISTS = with(
            OBJECTS,
            "application/json;stream=watch",
            "application/vnd.kubernetes.protobuf;stream=watch",
            "application/cbor-seq");

    /// Of text about an object.
    static final List<String> TEXT = with(List.of("text/plain"), OBJECTS.toArray(String[]::new));

    /// Of patches.
    static final List<String> PATCHES = List.of(
            "application/json-patch+json",
            "application/merge-patch+json",
            "application/strategic-merge-patch+json",
            "application/apply-patch+yaml",
            "application/apply-patch+cbor");

    private MediaTypes() {}

    private static List<String> with(List<String> some, String... more) {
        var all = new ArrayList<>(some);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }
}
