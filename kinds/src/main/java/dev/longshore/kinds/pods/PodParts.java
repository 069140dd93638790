package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Parts of a pod that are written under rules of their own: all else is put back as it was.
final class PodParts {

    private PodParts() {}

    /// `pods/ephemeralcontainers`: containers to look into a running pod with; once there, they stay.
    static final class Ephemeral implements Strategy {
        @Override
        public void applyDefaults(Resource object) {
            PodDefaults.pod(object.tree());
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            JsonNode wanted = object.at("spec", "ephemeralContainers").deepCopy();
            putBack(object, old);
            if (wanted instanceof ArrayNode containers) {
                object.object("spec").set("ephemeralContainers", containers);
            }
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            PodChecks.spec(checks, "spec", object.at("spec"));
            List<ObjectNode> present = Trees.list(object.tree(), "spec", "ephemeralContainers");
            for (ObjectNode before : Trees.list(old.tree(), "spec", "ephemeralContainers")) {
                if (!present.contains(before)) {
                    checks.forbidden(
                            "spec.ephemeralContainers",
                            "existing ephemeral containers \"" + Trees.text(before, "name")
                                    + "\" may not be removed or changed\n");
                }
            }
            return checks.causes();
        }
    }

    /// `pods/resize`: CPU and memory of running containers.
    static final class Resize implements Strategy {
        @Override
        public void applyDefaults(Resource object) {
            PodDefaults.pod(object.tree());
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            Resource wanted = object.copy();
            putBack(object, old);
            for (String list : List.of("containers", "initContainers")) {
                for (ObjectNode container : Trees.list(object.tree(), "spec", list)) {
                    Trees.list(wanted.tree(), "spec", list).stream()
                            .filter(one -> Trees.text(one, "name").equals(Trees.text(container, "name")))
                            .findFirst()
                            .ifPresent(one -> {
                                one.properties().stream()
                                        .filter(field -> field.getKey().equals("resources")
                                                || field.getKey().equals("resizePolicy"))
                                        .forEach(field -> container.set(field.getKey(), field.getValue()));
                            });
                }
            }
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            PodChecks.spec(checks, "spec", object.at("spec"));
            ObjectNode now = object.object("spec");
            ObjectNode before = old.object("spec");
            if (!Qos.of(now).equals(Qos.of(before))) {
                checks.invalid("spec", Qos.of(now), "Pod QOS Class may not change as a result of resizing");
            }
            return checks.causes();
        }
    }

    private static void putBack(Resource object, Resource old) {
        ObjectNode metadata = object.metadata();
        object.tree().removeAll();
        object.tree().setAll(old.copy().tree());
        object.tree().set("metadata", metadata);
    }
}
