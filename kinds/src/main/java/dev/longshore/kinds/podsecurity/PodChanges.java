package dev.longshore.kinds.podsecurity;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Which changes of a pod are judged anew: other images, and more containers. Nothing else of what controls look at
/// can be changed, so that a pod that was there before its namespace became strict can still be labelled and ended.
final class PodChanges {

    private PodChanges() {}

    static boolean matter(Resource pod, Resource old) {
        return matter(pod, old, "containers") || matter(pod, old, "initContainers") || matterBeside(pod, old);
    }

    private static boolean matter(Resource pod, Resource old, String list) {
        List<ObjectNode> now = Trees.list(pod.tree(), "spec", list);
        List<ObjectNode> before = Trees.list(old.tree(), "spec", list);
        if (now.size() != before.size()) {
            return true;
        }
        for (int i = 0; i < now.size(); i++) {
            if (hasOtherImage(now.get(i), before.get(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean matterBeside(Resource pod, Resource old) {
        List<ObjectNode> before = Trees.list(old.tree(), "spec", "ephemeralContainers");
        return Trees.list(pod.tree(), "spec", "ephemeralContainers").stream().anyMatch(container -> {
            Optional<ObjectNode> same = before.stream()
                    .filter(one -> Trees.text(one, "name").equals(Trees.text(container, "name")))
                    .findFirst();
            return same.isEmpty() || hasOtherImage(container, same.get());
        });
    }

    private static boolean hasOtherImage(ObjectNode container, ObjectNode old) {
        return !Trees.text(container, "image").equals(Trees.text(old, "image"));
    }
}
