package dev.longshore.kubelet.serving;

import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import java.util.List;

/// Answers `/checkpoint/…` as a kubelet does whose runtime takes no checkpoints, for ours does not.
final class Checkpoints {

    private static final int ABSENT = 404;
    private static final String NUMBER = "[+-]?[0-9]{1,18}";

    private final ServedPods pods;

    Checkpoints(ServedPods pods) {
        this.pods = pods;
    }

    Response answer(Request request, Router.Parameters path) {
        var pod = pods.pod(path, "pod does not exist");
        String container = path.get("container");
        if (ServedPods.container(pod, container).isEmpty()) {
            throw new RefusedException(ABSENT, "container %s does not exist".formatted(container));
        }
        List<String> timeouts = request.query().all("timeout");
        if (!timeouts.isEmpty() && !timeouts.getLast().matches(NUMBER)) {
            throw new RefusedException(ABSENT, "cannot parse value of timeout parameter");
        }
        String why = pods.running(pod, container).isEmpty()
                ? "container %s not found".formatted(container)
                : "rpc error: code = Unimplemented desc = unknown method CheckpointContainer for service"
                        + " runtime.v1.RuntimeService";
        throw new RefusedException(
                500,
                "checkpointing of %s/%s/%s failed (%s)"
                        .formatted(path.get("namespace"), path.get("pod"), container, why));
    }
}
