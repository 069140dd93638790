package dev.longshore.model;

import dev.longshore.base.Json;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Objects of [Shapes#THING], any of them.
final class Things {

    private Things() {}

    static Arbitrary<ObjectNode> any() {
        Arbitrary<ObjectNode> containers = Combinators.combine(
                        Arbitraries.of("a", "b", "c", "d"),
                        Arbitraries.of("1", "2"),
                        Arbitraries.integers()
                                .between(1, 3)
                                .list()
                                .uniqueElements()
                                .ofMaxSize(2))
                .as((name, image, ports) -> {
                    ObjectNode container = Json.object().put("name", name).put("image", image);
                    var list = container.putArray("ports");
                    ports.forEach(port -> list.addObject().put("port", port));
                    return container;
                });
        Arbitrary<List<ObjectNode>> lists = containers.list().ofMaxSize(4).uniqueElements(one -> one.path("name"));
        Arbitrary<Map<String, String>> labels = Arbitraries.maps(
                        Arbitraries.of("x", "y/z", "~"), Arbitraries.of("1", "2"))
                .ofMaxSize(2);
        Arbitrary<List<String>> finalizers =
                Arbitraries.of("f", "g", "h").list().uniqueElements().ofMaxSize(3);
        return Combinators.combine(lists, Arbitraries.integers().between(0, 2), labels, finalizers)
                .as((list, replicas, label, names) -> {
                    ObjectNode thing = Json.object().put("apiVersion", "v1").put("kind", "Thing");
                    ObjectNode spec = thing.putObject("spec").put("replicas", replicas);
                    label.forEach(spec.putObject("labels")::put);
                    list.forEach(spec.putArray("containers")::add);
                    names.forEach(spec.putArray("finalizers")::add);
                    spec.putArray("args").add("arg" + replicas);
                    return thing;
                });
    }

    static List<String> names(JsonNode thing) {
        return thing.at("/spec/containers")
                .valueStream()
                .map(container -> container.path("name").asString())
                .toList();
    }
}
