package dev.longshore.kinds.pods;

import dev.longshore.kinds.kit.Checks;
import dev.longshore.kinds.kit.FeatureGates;
import dev.longshore.kinds.kit.LineDiff;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Call;
import dev.longshore.model.Cause;
import dev.longshore.model.Reach;
import dev.longshore.model.Resource;
import dev.longshore.model.Strategy;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Parts of a pod that are written under rules of their own: all else is put back as it was.
final class PodParts {

    private static final List<String> LISTS = List.of("containers", "initContainers");

    private PodParts() {}

    /// `pods/ephemeralcontainers`: containers to look into a running pod with; once there, they stay.
    record Ephemeral(FeatureGates gates) implements Strategy {
        @Override
        public Reach reach() {
            return Reach.only("spec.ephemeralContainers");
        }

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
            GatedFields.drop(gates, object.object("spec"), old.at("spec"));
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            if (old.annotations().containsKey(AnnotationChecks.MIRROR)) {
                checks.forbidden("", "static pods do not support ephemeral containers");
                return checks.causes();
            }
            PodChecks.pod(checks, object.tree());
            var annotations = new AnnotationChecks(checks, "metadata.annotations");
            annotations.change(object.annotations(), old.annotations());
            annotations.check(object.annotations(), object.at("spec"));
            checks.forgive(past -> PodChecks.pod(past, old.tree()));
            List<ObjectNode> present = Trees.list(object.tree(), "spec", "ephemeralContainers");
            for (ObjectNode before : Trees.list(old.tree(), "spec", "ephemeralContainers")) {
                kept(checks, before, present);
            }
            return checks.causes();
        }

        private static void kept(Checks checks, ObjectNode before, List<ObjectNode> present) {
            String name = Trees.text(before, "name");
            String what = "existing ephemeral containers \"" + name + "\" may not be ";
            var now = present.stream()
                    .filter(one -> Trees.text(one, "name").equals(name))
                    .findFirst();
            if (now.isEmpty()) {
                checks.forbidden("spec.ephemeralContainers", what + "removed\n");
                return;
            }
            if (!Trees.pruned(before).equals(Trees.pruned(now.get()))) {
                String diff = LineDiff.of("EphemeralContainer", before, now.get());
                checks.forbidden("spec.ephemeralContainers", what + "changed\n" + diff);
            }
        }

        @Override
        public List<String> warnings(Resource object) {
            return PodWarnings.of(object.tree());
        }
    }

    /// `pods/resize`: CPU and memory of running containers.
    static final class Resize implements Strategy {
        @Override
        public Reach reach() {
            return Reach.only(
                    "spec.containers.*.resources",
                    "spec.containers.*.resizePolicy",
                    "spec.initContainers.*.resources",
                    "spec.initContainers.*.resizePolicy");
        }

        @Override
        public void applyDefaults(Resource object) {
            PodDefaults.pod(object.tree());
        }

        @Override
        public void prepareForUpdate(Call call, Resource object, Resource old) {
            if (!hasSameContainers(object, old)) {
                // The checks say what is wrong with that.
                return;
            }
            Resource wanted = object.copy();
            putBack(object, old);
            ObjectNode spec = object.object("spec");
            take(spec, wanted.object("spec"), "resources");
            for (String list : LISTS) {
                List<ObjectNode> containers = Trees.list(spec, list);
                List<ObjectNode> wishes = Trees.list(wanted.tree(), "spec", list);
                for (int i = 0; i < containers.size(); i++) {
                    take(containers.get(i), wishes.get(i), "resources");
                    take(containers.get(i), wishes.get(i), "resizePolicy");
                }
            }
        }

        private static void take(ObjectNode object, ObjectNode wish, String field) {
            PodChanges.putBack(object, wish, field);
        }

        private static boolean hasSameContainers(Resource object, Resource old) {
            return LISTS.stream().allMatch(list -> names(object, list).equals(names(old, list)));
        }

        private static List<String> names(Resource pod, String list) {
            return Trees.list(pod.tree(), "spec", list).stream()
                    .map(container -> Trees.text(container, "name"))
                    .toList();
        }

        @Override
        public List<Cause> validateUpdate(Call call, Resource object, Resource old) {
            var checks = new Checks();
            new ResizeChecks(checks, object.tree(), old.tree()).check();
            return checks.causes();
        }

        @Override
        public List<String> warnings(Resource object) {
            return PodWarnings.of(object.tree());
        }
    }

    private static void putBack(Resource object, Resource old) {
        ObjectNode metadata = object.metadata();
        object.tree().removeAll();
        object.tree().setAll(old.copy().tree());
        object.tree().set("metadata", metadata);
    }
}
