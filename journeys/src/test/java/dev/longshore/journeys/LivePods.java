package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.PodResource;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// A namespace of real pods, asked through fabric8: a process for every question would cost more than the pods.
final class LivePods implements AutoCloseable {

    private static final String BUSYBOX = "longshore.local/busybox";

    private final KubernetesClient client;
    private final String namespace;

    /// Makes the namespace.
    LivePods(RunningCluster cluster, String namespace) {
        this.client = cluster.client();
        this.namespace = namespace;
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .endMetadata()
                        .build())
                .create();
    }

    KubernetesClient client() {
        return client;
    }

    String namespace() {
        return namespace;
    }

    /// Makes what `manifests` say; `BUSYBOX` in them is the image that every cluster has.
    void create(String manifests) {
        // On a line of its own, or in a map between braces.
        String whole = manifests
                .replaceAll("(?m)^( *)BUSYBOX$", "$1image: " + BUSYBOX + "\n$1imagePullPolicy: IfNotPresent")
                .replace("BUSYBOX", "image: " + BUSYBOX + ", imagePullPolicy: IfNotPresent");
        client.load(new ByteArrayInputStream(whole.getBytes(StandardCharsets.UTF_8)))
                .inNamespace(namespace)
                .create();
    }

    PodResource resource(String pod) {
        return client.pods().inNamespace(namespace).withName(pod);
    }

    Pod pod(String name) {
        return resource(name).require();
    }

    /// Waits until the pod is as `wanted`, and returns it.
    Pod await(String name, Predicate<Pod> wanted) {
        eventually(PATIENCE, () -> assertThat(pod(name)).as(name).matches(wanted));
        return pod(name);
    }

    Pod awaitPhase(String name, String phase) {
        return await(name, pod -> phase.equals(pod.getStatus().getPhase()));
    }

    Pod awaitReady(String name) {
        return await(name, pod -> is(pod, "Ready", "True"));
    }

    static boolean is(Pod pod, String condition, String status) {
        return pod.getStatus().getConditions().stream()
                .anyMatch(c -> c.getType().equals(condition) && c.getStatus().equals(status));
    }

    static PodCondition condition(Pod pod, String type) {
        return pod.getStatus().getConditions().stream()
                .filter(c -> c.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }

    /// The status of a container, of whatever kind.
    static ContainerStatus container(Pod pod, String name) {
        var status = pod.getStatus();
        return Stream.of(
                        status.getInitContainerStatuses(),
                        status.getContainerStatuses(),
                        status.getEphemeralContainerStatuses())
                .flatMap(List::stream)
                .filter(told -> told.getName().equals(name))
                .findFirst()
                .orElseGet(ContainerStatus::new);
    }

    String log(String pod, String container) {
        return resource(pod).inContainer(container).getLog();
    }

    List<Event> events(String pod) {
        return client.v1()
                .events()
                .inNamespace(namespace)
                .withField("involvedObject.name", pod)
                .list()
                .getItems();
    }

    /// What a command prints on its standard output in a container.
    String exec(String pod, String container, String script) {
        var out = new java.io.ByteArrayOutputStream();
        try (var watch = resource(pod)
                .inContainer(container)
                .writingOutput(out)
                .writingError(out)
                .exec("sh", "-c", script)) {
            watch.exitCode().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return out.toString(StandardCharsets.UTF_8);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        } catch (ExecutionException | TimeoutException failed) {
            throw new AssertionError(failed);
        }
    }

    /// Deletes all pods and waits until they are gone.
    void clear() {
        client.pods().inNamespace(namespace).withGracePeriod(1).delete();
        eventually(
                PATIENCE,
                () -> assertThat(client.pods().inNamespace(namespace).list().getItems())
                        .isEmpty());
    }

    /// Lets the namespace go; whoever purges the cluster does not wait for it either.
    @Override
    public void close() {
        client.namespaces().withName(namespace).delete();
        client.close();
    }
}
