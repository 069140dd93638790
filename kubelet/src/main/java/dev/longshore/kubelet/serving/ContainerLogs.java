package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.runtime.Containers;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Answers `/containerLogs/…`. Which attempt's log is meant is read from the pod's status, as kubelets do; what the
/// runtime does not know any more is told of in the log's place, for the answer has begun by then.
final class ContainerLogs {

    private static final int REFUSED = 400;

    private final ServedPods pods;
    private final Containers containers;
    private final Time time;

    ContainerLogs(ServedPods pods, Containers containers, Time time) {
        this.pods = pods;
        this.containers = containers;
        this.time = time;
    }

    Response answer(Request request, Router.Parameters path) {
        LogOptions options = LogOptions.of(request.query(), time.now());
        String podName = path.get("pod");
        String name = path.get("container");
        PodSnapshot pod = pods.pod(path, "pod \"%s\" does not exist".formatted(podName));
        if (ServedPods.container(pod, name).isEmpty()) {
            throw new RefusedException(404, "container \"%s\" not found in pod \"%s\"".formatted(name, podName));
        }
        String containerId = containerId(pod, name, options.previous());
        return new Response.Stream(
                200, Headers.of("Content-Type", "text/plain"), out -> write(containerId, options, out));
    }

    private void write(String containerId, LogOptions options, OutputStream out)
            throws IOException, InterruptedException {
        String id = containerId.substring(containerId.indexOf("://") + 3);
        Optional<dev.longshore.runtime.ContainerStatus> known = containers.status(id);
        if (known.isEmpty()) {
            out.write(("unable to retrieve container logs for " + containerId).getBytes(StandardCharsets.UTF_8));
            return;
        }
        new LogReader(time, options, out).copy(known.get().logFile(), () -> pods.isRunning(id));
    }

    private static String containerId(PodSnapshot pod, String name, boolean previous) {
        String podName = pod.pod().getMetadata().getName();
        ContainerStatus status = pod.status().stream()
                .flatMap(ContainerLogs::statuses)
                .filter(one -> one.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> refused("container \"%s\" in pod \"%s\" is not available", name, podName));
        ContainerState state = Optional.ofNullable(status.getState()).orElseGet(ContainerState::new);
        Optional<ContainerStateTerminated> last =
                Optional.ofNullable(status.getLastState()).map(ContainerState::getTerminated);
        Optional<String> lastId =
                last.map(ContainerStateTerminated::getContainerID).filter(id -> !id.isEmpty());
        if (previous) {
            return lastId.orElseThrow(
                    () -> refused("previous terminated container \"%s\" in pod \"%s\" not found", name, podName));
        }
        if (state.getRunning() != null) {
            return status.getContainerID();
        }
        if (state.getTerminated() != null || last.isPresent()) {
            return Optional.ofNullable(state.getTerminated())
                    .map(ContainerStateTerminated::getContainerID)
                    .filter(id -> !id.isEmpty())
                    .or(() -> lastId)
                    .orElseThrow(() -> refused("container \"%s\" in pod \"%s\" is terminated", name, podName));
        }
        if (state.getWaiting() == null) {
            throw refused("container \"%s\" in pod \"%s\" is waiting to start - no logs yet", name, podName);
        }
        String reason = Optional.ofNullable(state.getWaiting().getReason()).orElse("");
        throw refused(
                "container \"%s\" in pod \"%s\" is waiting to start: %s",
                name,
                podName,
                switch (reason) {
                    case "ErrImagePull" -> "image can't be pulled";
                    case "ImagePullBackOff" -> "trying and failing to pull image";
                    default -> reason;
                });
    }

    private static Stream<ContainerStatus> statuses(PodStatus status) {
        return Stream.of(
                        status.getContainerStatuses(),
                        status.getInitContainerStatuses(),
                        status.getEphemeralContainerStatuses())
                .flatMap(List::stream);
    }

    private static RefusedException refused(String form, Object... values) {
        return new RefusedException(REFUSED, form.formatted(values));
    }
}
