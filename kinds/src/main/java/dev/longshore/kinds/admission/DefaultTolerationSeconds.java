package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Pods that say nothing else stay five minutes on a node that does not answer.
final class DefaultTolerationSeconds implements Admission {

    private static final int SECONDS = 300;

    @Override
    public String name() {
        return "DefaultTolerationSeconds";
    }

    @Override
    public void mutate(Attempt attempt, Registry registry) {
        boolean isWrite = attempt.operation() == Operation.CREATE || attempt.operation() == Operation.UPDATE;
        if (isWrite && Attempts.isOf(attempt, Attempts.PODS)) {
            attempt.object().ifPresent(DefaultTolerationSeconds::tolerate);
        }
    }

    private static void tolerate(Resource pod) {
        ObjectNode spec = pod.object("spec");
        for (String key : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
            boolean isTolerated = Trees.list(spec, "tolerations").stream().anyMatch(toleration -> {
                String tolerated = Trees.text(toleration, "key");
                String effect = Trees.text(toleration, "effect");
                return (tolerated.equals(key) || tolerated.isEmpty())
                        && (effect.equals("NoExecute") || effect.isEmpty());
            });
            if (!isTolerated) {
                spec.withArray("tolerations")
                        .addObject()
                        .put("key", key)
                        .put("operator", "Exists")
                        .put("effect", "NoExecute")
                        .put("tolerationSeconds", SECONDS);
            }
        }
    }
}
