package dev.longshore.kubelet.serving;

import dev.longshore.base.Json;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The pods of this node as its API shows them: those that the cluster wants here, and those that run.
final class ServedPods {

    private final PodWorkers pods;
    private final NodeRuntime runtime;

    ServedPods(PodWorkers pods, NodeRuntime runtime) {
        this.pods = pods;
        this.runtime = runtime;
    }

    /// Every pod that is to be here, with its status.
    Response wanted() {
        return list(pods.pods().stream().map(snapshot -> {
            var pod = new PodBuilder(snapshot.pod());
            snapshot.status().ifPresent(pod::withStatus);
            return pod.build();
        }));
    }

    /// Every pod with a container that runs, as far as the runtime knows it.
    Response running() {
        return list(pods.pods().stream().flatMap(snapshot -> running(snapshot).stream()));
    }

    private static Optional<Pod> running(PodSnapshot snapshot) {
        Pod pod = snapshot.pod();
        List<Container> containers = Stream.concat(
                        pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
                .filter(container -> Optional.ofNullable(snapshot.containers().get(container.getName()))
                        .map(PodSnapshot.ContainerView::isRunning)
                        .orElse(false))
                .map(container -> {
                    var known = new Container();
                    known.setName(container.getName());
                    known.setImage(container.getImage());
                    return known;
                })
                .toList();
        return containers.isEmpty()
                ? Optional.empty()
                : Optional.of(new PodBuilder()
                        .withNewMetadata()
                        .withName(pod.getMetadata().getName())
                        .withNamespace(pod.getMetadata().getNamespace())
                        .withUid(pod.getMetadata().getUid())
                        .endMetadata()
                        .withNewSpec()
                        .withContainers(containers)
                        .endSpec()
                        .withNewStatus()
                        .endStatus()
                        .build());
    }

    private static Response list(Stream<Pod> some) {
        ObjectNode list = Json.object();
        list.put("kind", "PodList").put("apiVersion", "v1").putObject("metadata");
        var items = list.putArray("items");
        some.forEach(pod -> items.add(without(Json.parse(Serialization.asJson(pod)))));
        return Response.json(200, Json.bytes(list));
    }

    /// Within a list of pods each is a pod anyway.
    private static tools.jackson.databind.JsonNode without(tools.jackson.databind.JsonNode pod) {
        ((ObjectNode) pod).remove(List.of("kind", "apiVersion"));
        return pod;
    }

    /// The pod that a path names.
    ///
    /// @throws RefusedException saying `absent` when there is none
    PodSnapshot pod(Router.Parameters path, String absent) {
        return pods.pod(path.get("namespace"), path.get("pod"))
                .filter(pod -> Optional.ofNullable(path.values().get("uid"))
                        .map(uid -> uid.equals(pod.pod().getMetadata().getUid()))
                        .orElse(true))
                .orElseThrow(() -> new RefusedException(404, absent));
    }

    /// The container that a path names, if it runs.
    Optional<String> running(PodSnapshot pod, String container) {
        return Optional.ofNullable(pod.containers().get(container))
                .map(PodSnapshot.ContainerView::id)
                .filter(this::isRunning);
    }

    boolean isRunning(String id) {
        return runtime.containers()
                .status(id)
                .map(status -> status.state() == ContainerStatus.State.RUNNING)
                .orElse(false);
    }

    /// What the pod says of its container `name`, of any kind.
    static Optional<Container> container(PodSnapshot pod, String name) {
        var spec = pod.pod().getSpec();
        return Stream.concat(spec.getContainers().stream(), spec.getInitContainers().stream())
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .or(() -> spec.getEphemeralContainers().stream()
                        .filter(added -> added.getName().equals(name))
                        .map(added -> {
                            var plain = new Container();
                            plain.setName(name);
                            plain.setImage(added.getImage());
                            plain.setTty(added.getTty());
                            return plain;
                        })
                        .findFirst());
    }
}
