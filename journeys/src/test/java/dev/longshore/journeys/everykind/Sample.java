package dev.longshore.journeys.everykind;

import dev.longshore.base.Yaml;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// An object of one kind in one version, as a user would write it.
record Sample(ResourceDefinition definition, Resource object) {

    static final String NAMESPACE = "every";
    private static final List<String> FILES =
            List.of("core", "workloads", "network", "storage", "devices", "access", "machinery");

    /// One for each kind and version that can be written.
    static List<Sample> all(List<ResourceDefinition> definitions) {
        return FILES.stream()
                .flatMap(Sample::read)
                .map(object -> new Sample(definition(definitions, object), object))
                .toList();
    }

    private static Stream<Resource> read(String file) {
        try (var stream = Sample.class.getResourceAsStream(file + ".yaml")) {
            return Yaml.parseAll(new String(stream.readAllBytes(), StandardCharsets.UTF_8)).stream()
                    .map(tree -> new Resource((ObjectNode) tree));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static ResourceDefinition definition(List<ResourceDefinition> definitions, Resource object) {
        return definitions.stream()
                .filter(each -> each.kind().equals(object.kind()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nobody serves " + object.kind()));
    }

    String name() {
        return object.name();
    }

    /// Where objects of its kind are created and listed.
    String collection() {
        String version = definition.kind().apiVersion();
        return (version.contains("/") ? "/apis/" : "/api/")
                + version
                + (definition.namespaced() ? "/namespaces/" + NAMESPACE : "")
                + "/"
                + definition.names().plural();
    }

    /// Where it is.
    String path() {
        return collection() + "/" + name();
    }

    boolean has(String subresource) {
        return definition.subresource(subresource).isPresent();
    }

    @Override
    public String toString() {
        return definition.kind().apiVersion() + " " + definition.kind().kind();
    }
}
