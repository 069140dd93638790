package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.kinds.pods.NodeFeature;
import dev.longshore.model.Admission;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Set;

/// A pod on a node is not changed in a way that the node's kubelet does not know.
final class NodeDeclaredFeatureValidator implements Admission {

    @Override
    public String name() {
        return "NodeDeclaredFeatureValidator";
    }

    @Override
    public void validate(Attempt attempt, Registry registry) {
        boolean isChange = attempt.operation() == Operation.UPDATE
                && attempt.resource().equals(Attempts.PODS)
                && (attempt.subresource().isEmpty() || attempt.subresource().equals("resize"));
        if (!isChange || attempt.object().isEmpty() || attempt.old().isEmpty()) {
            return;
        }
        Resource pod = attempt.object().get();
        Resource old = attempt.old().get();
        String name = pod.text("spec", "nodeName");
        if (name.isEmpty() || pod.generation() == old.generation()) {
            return;
        }
        Set<NodeFeature> needed = NodeFeature.neededToChange(old.at("spec"), pod.at("spec"));
        if (needed.isEmpty()) {
            return;
        }
        Resource node = registry.get(Attempts.NODES, "", name)
                .orElseThrow(() -> Attempts.forbidden(attempt, "node \"" + name + "\" not found"));
        Set<NodeFeature> offered = NodeFeature.known(Trees.strings(node.tree(), "status", "declaredFeatures"));
        List<String> missing = NodeFeature.missing(needed, offered);
        if (!missing.isEmpty()) {
            throw Attempts.forbidden(
                    attempt,
                    "pod update requires features " + String.join(", ", missing) + " which are not available on node \""
                            + name + "\"");
        }
    }
}
