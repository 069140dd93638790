package dev.longshore.kinds.podsecurity.controls;

import dev.longshore.kinds.kit.Trees;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A pod, or the template of one, as controls look at it.
public final class PodSubject {

    private final JsonNode spec;
    private final Map<String, String> annotations;
    private final List<ObjectNode> containers = new ArrayList<>();

    /// @param pod with `metadata` and `spec`
    public PodSubject(JsonNode pod) {
        this.spec = pod.path("spec");
        this.annotations = Trees.texts(pod, "metadata", "annotations");
        for (String list : List.of("initContainers", "containers", "ephemeralContainers")) {
            containers.addAll(Trees.list(spec, list));
        }
    }

    JsonNode spec() {
        return spec;
    }

    /// What is said for the whole pod.
    JsonNode security() {
        return spec.path("securityContext");
    }

    static JsonNode security(JsonNode container) {
        return container.path("securityContext");
    }

    /// True if `field` is there, and is `value`.
    static boolean says(JsonNode security, String field, boolean value) {
        JsonNode said = security.path(field);
        return said.isBoolean() && said.asBoolean() == value;
    }

    Map<String, String> annotations() {
        return annotations;
    }

    /// All of them, in the order in which messages name them.
    List<ObjectNode> containers() {
        return containers;
    }

    /// The names of those of which `isSo` holds.
    List<String> containersThat(Predicate<ObjectNode> isSo) {
        return containers.stream()
                .filter(isSo)
                .map(container -> Trees.text(container, "name"))
                .toList();
    }

    boolean isForWindows() {
        return Trees.text(spec, "os", "name").equals("windows");
    }

    boolean hasOwnUsers() {
        return says(spec, "hostUsers", false);
    }

    /// The `runtimeClassName`, or the empty string.
    public String runtimeClass() {
        return Trees.text(spec, "runtimeClassName");
    }
}
