package dev.longshore.kinds.core;

import dev.longshore.kinds.kit.Columns;
import dev.longshore.kinds.kit.KindBuilder;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import dev.longshore.model.ResourceDefinition;
import dev.longshore.model.VirtualResource;
import java.util.List;
import java.util.Optional;

/// The health of the control plane's parts, which live in one process here: who can ask finds all of them well.
final class ComponentStatusKind {

    private static final GroupVersionKind KIND = new GroupVersionKind("", "v1", "ComponentStatus");

    private ComponentStatusKind() {}

    static ResourceDefinition definition(KindsContext context) {
        return KindBuilder.kind(context, "v1", "ComponentStatus", "componentstatuses")
                .clusterScoped()
                .shortNames("cs")
                .verbs("get", "list")
                .virtual(new Parts())
                .table(Columns.named()
                        .text("Status", "Whether it is healthy.", part -> switch (condition(part, "status")) {
                            case "" -> "Unknown";
                            case "True" -> "Healthy";
                            default -> "Unhealthy";
                        })
                        .text("Message", "What it says.", part -> condition(part, "message"))
                        .text("Error", "What is wrong.", part -> condition(part, "error"))
                        .table())
                .build();
    }

    private static String condition(Resource part, String field) {
        return Trees.list(part.tree(), "conditions").stream()
                .filter(condition -> Trees.text(condition, "type").equals("Healthy"))
                .findFirst()
                .map(condition -> Trees.text(condition, field))
                .orElse("");
    }

    private record Parts() implements VirtualResource {
        @Override
        public Optional<Resource> get(Call call, Registry registry, String namespace, String name) {
            return list(call, registry, namespace).stream()
                    .filter(part -> part.name().equals(name))
                    .findFirst();
        }

        @Override
        public List<Resource> list(Call call, Registry registry, String namespace) {
            return List.of("controller-manager", "etcd-0", "scheduler").stream()
                    .map(Parts::healthy)
                    .toList();
        }

        private static Resource healthy(String name) {
            Resource part = Resource.of(KIND, "", name);
            part.tree()
                    .putArray("conditions")
                    .addObject()
                    .put("type", "Healthy")
                    .put("status", "True")
                    .put("message", "ok");
            return part;
        }
    }
}
