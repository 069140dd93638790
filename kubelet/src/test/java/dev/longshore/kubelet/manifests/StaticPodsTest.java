package dev.longshore.kubelet.manifests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.PodApi;
import dev.longshore.kubelet.pods.FakeCluster;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class StaticPodsTest {

    @TempDir
    private Path directory;

    private final FakeCluster cluster = new FakeCluster();
    private final Node node = new Node();
    private volatile Optional<String> nodeUid = Optional.of("node-uid");
    private StaticPods pods;
    private AutoCloseable watch;

    @BeforeEach
    void start() throws IOException {
        write("web.yaml", "one");
        pods = StaticPods.of(cluster, directory, "n1", () -> nodeUid, Time.system());
    }

    @AfterEach
    void stop() throws Exception {
        watch.close();
    }

    @Test
    void aPodOfAFileRunsAndIsShownByAMirror() {
        watch = pods.watch(node);

        assertThat(node.running("web-n1")).isEqualTo("one");
        await().untilAsserted(() -> assertThat(cluster.pods).containsKey("web-n1"));
        Pod mirror = cluster.pods.get("web-n1");
        assertThat(mirror.getMetadata().getAnnotations().get("kubernetes.io/config.mirror"))
                .isEqualTo(node.pods.get("web-n1").getMetadata().getUid());
        assertThat(mirror.getMetadata().getOwnerReferences().getFirst().getUid())
                .isEqualTo("node-uid");
        assertThat(node.told).doesNotContain(mirror.getMetadata().getUid());
    }

    @Test
    void theMirrorSaysHowThePodIs() {
        watch = pods.watch(node);

        assertThat(pods.patchStatus(node.pods.get("web-n1"), running())).isTrue();

        await().untilAsserted(
                        () -> assertThat(cluster.status("web-n1").getPhase()).isEqualTo("Running"));
    }

    @Test
    void aMirrorThatIsDeletedComesBackAndThePodGoesOn() {
        watch = pods.watch(node);
        pods.patchStatus(node.pods.get("web-n1"), running());
        await().untilAsserted(
                        () -> assertThat(cluster.status("web-n1").getPhase()).isEqualTo("Running"));
        String first = cluster.pods.get("web-n1").getMetadata().getUid();

        cluster.terminate("web-n1", 30);

        await().untilAsserted(() -> {
            assertThat(cluster.pods).containsKey("web-n1");
            assertThat(cluster.pods.get("web-n1").getMetadata().getUid()).isNotEqualTo(first);
            assertThat(cluster.status("web-n1").getPhase()).isEqualTo("Running");
        });
        assertThat(node.gone).isEmpty();
    }

    @Test
    void aChangedFileEndsTheOldPodBeforeTheNewOneBegins() throws IOException {
        watch = pods.watch(node);
        Pod old = node.pods.get("web-n1");

        write("web.yaml", "two");

        await().untilAsserted(
                        () -> assertThat(node.pods.get("web-n1").getMetadata().getDeletionTimestamp())
                                .isNotNull());
        assertThat(node.running("web-n1")).isEqualTo("one");
        pods.delete(old);
        await().untilAsserted(() -> assertThat(node.running("web-n1")).isEqualTo("two"));
        assertThat(node.gone).containsExactly(old.getMetadata().getUid());
        await().untilAsserted(() -> assertThat(cluster.pods.get("web-n1"))
                .satisfies(mirror -> assertThat(
                                mirror.getSpec().getContainers().getFirst().getImage())
                        .isEqualTo("two")));
    }

    @Test
    void aRemovedFileEndsItsPodAndTheMirrorGoesWithIt() throws IOException {
        watch = pods.watch(node);
        await().untilAsserted(() -> assertThat(cluster.pods).containsKey("web-n1"));

        Files.delete(directory.resolve("web.yaml"));

        await().untilAsserted(
                        () -> assertThat(node.pods.get("web-n1").getMetadata().getDeletionTimestamp())
                                .isNotNull());
        assertThat(cluster.pods).containsKey("web-n1");
        pods.delete(node.pods.get("web-n1"));
        await().untilAsserted(() -> assertThat(cluster.pods).isEmpty());
    }

    @Test
    void aFileThatIsNoPodDisturbsNoOther() throws IOException {
        Files.writeString(directory.resolve("a.yaml"), "][");
        Files.writeString(directory.resolve(".hidden.yaml"), manifest("hidden", "image"));
        Files.createDirectory(directory.resolve("deeper"));

        watch = pods.watch(node);

        assertThat(node.pods).containsOnlyKeys("web-n1");
    }

    @Test
    void aMirrorWithoutAFileIsTakenAway() {
        cluster.put(new PodBuilder()
                .withNewMetadata()
                .withName("left-n1")
                .withNamespace("default")
                .withUid("left")
                .addToAnnotations("kubernetes.io/config.source", "file")
                .addToAnnotations("kubernetes.io/config.mirror", "hash")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());

        watch = pods.watch(node);

        await().untilAsserted(() -> assertThat(cluster.pods).containsOnlyKeys("web-n1"));
    }

    @Test
    void podsOfTheClusterPassAsTheyAre() {
        watch = pods.watch(node);
        cluster.put(new PodBuilder()
                .withNewMetadata()
                .withName("bound")
                .withNamespace("default")
                .withUid("bound-uid")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .build());

        assertThat(node.told).contains("bound-uid");
        pods.delete(node.pods.get("bound"));
        assertThat(node.gone).containsExactly("bound-uid");
    }

    private void write(String file, String image) throws IOException {
        // As editors do: never half a file under its name.
        Path draft = Files.writeString(directory.resolve("." + file), manifest("web", image));
        Files.move(draft, directory.resolve(file), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    private static String manifest(String name, String image) {
        return "{apiVersion: v1, kind: Pod, metadata: {name: %s}, spec: {containers: [{name: main, image: %s}]}}"
                .formatted(name, image);
    }

    private static ObjectNode running() {
        ObjectNode status = Json.object().put("phase", "Running");
        // The directive that every real patch begins this list with.
        status.putArray("podIPs").addObject().put("$patch", "replace");
        return status;
    }

    /// What the node is told.
    private static final class Node implements PodApi.Listener {
        private final Map<String, Pod> pods = new ConcurrentHashMap<>();
        private final List<String> told = new CopyOnWriteArrayList<>();
        private final List<String> gone = new CopyOnWriteArrayList<>();

        @Override
        public void changed(Pod pod) {
            told.add(pod.getMetadata().getUid());
            pods.put(pod.getMetadata().getName(), pod);
        }

        @Override
        public void gone(Pod pod) {
            gone.add(pod.getMetadata().getUid());
        }

        @Override
        public void synced() {}

        String running(String name) {
            return pods.get(name).getSpec().getContainers().getFirst().getImage();
        }
    }
}
