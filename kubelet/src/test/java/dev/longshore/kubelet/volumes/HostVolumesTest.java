package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeCluster;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostVolumesTest {

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final FakeCluster cluster = new FakeCluster();
    private HostVolumes volumes;

    @BeforeEach
    void make() {
        volumes = new HostVolumes(directory.resolve("root"), directory.resolve("memory"), cluster, time);
    }

    @Test
    void showsAConfigMapAndFollowsItsChanges() throws IOException {
        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one", "b.conf", "two")));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .build());
        Path place = volumes.mount(pod).get("v");
        assertThat(place.resolve("a.conf")).hasContent("one");
        Path firstTarget = Files.readSymbolicLink(place.resolve("..data"));

        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "changed")));
        time.advance(Duration.ofSeconds(60));
        volumes.mount(pod);

        assertThat(place.resolve("a.conf")).hasContent("changed");
        assertThat(place.resolve("b.conf")).doesNotExist();
        assertThat(Files.readSymbolicLink(place.resolve("..data"))).isNotEqualTo(firstTarget);
        assertThat(place.resolve(firstTarget)).doesNotExist();
    }

    @Test
    void hearsOfAChangeAtOnce() {
        var told = new java.util.ArrayList<String>();
        volumes.onOutdated(told::add);
        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one")));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .build());
        Path place = volumes.mount(pod).get("v");

        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "changed")));
        cluster.touch("settings");

        assertThat(told).containsExactly("uid-web");
        volumes.mount(pod);
        assertThat(place.resolve("a.conf")).hasContent("changed");
        assertThat(cluster.followers("settings")).isEqualTo(1);
        volumes.unmount("uid-web");
        assertThat(cluster.followers("settings")).isZero();
    }

    @Test
    void leavesFilesAloneThatHaveNotChanged() throws IOException {
        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one")));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .build());
        Path place = volumes.mount(pod).get("v");
        Path target = Files.readSymbolicLink(place.resolve("..data"));

        time.advance(Duration.ofSeconds(60));
        volumes.mount(pod);

        assertThat(Files.readSymbolicLink(place.resolve("..data"))).isEqualTo(target);
    }

    @Test
    void putsASecretInMemoryWithTheModeAskedFor() throws IOException {
        cluster.secrets.put(
                "keys", new SecretBuilder().addToData("tls.key", "c2VjcmV0").build());
        Path place = volumes.mount(pod(new VolumeBuilder()
                        .withName("v")
                        .withNewSecret()
                        .withSecretName("keys")
                        .withDefaultMode(0400)
                        .addNewItem()
                        .withKey("tls.key")
                        .withPath("deep/down.key")
                        .endItem()
                        .endSecret()
                        .build()))
                .get("v");

        assertThat(place).startsWith(directory.resolve("memory"));
        assertThat(place.resolve("deep/down.key")).hasContent("secret");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place.resolve("deep/down.key"))))
                .isEqualTo("r--------");
    }

    @Test
    void saysWhatIsMissing() {
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewSecret()
                .withSecretName("keys")
                .endSecret()
                .build());

        assertThatThrownBy(() -> volumes.mount(pod))
                .isInstanceOf(VolumeException.class)
                .hasMessage("MountVolume.SetUp failed for volume \"v\" : secret \"keys\" not found");
    }

    @Test
    void keepsWhatPodsHaveWhenItsSourceIsGone() {
        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one")));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .build());
        volumes.mount(pod);

        cluster.configMaps.clear();
        time.advance(Duration.ofSeconds(60));

        assertThat(volumes.mount(pod).get("v").resolve("a.conf")).hasContent("one");
    }

    @Test
    void renewsATokenBeforeItEnds() {
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewProjected()
                .addNewSource()
                .withNewServiceAccountToken()
                .withExpirationSeconds(3600L)
                .withPath("token")
                .endServiceAccountToken()
                .endSource()
                .addNewSource()
                .withNewDownwardAPI()
                .addNewItem()
                .withPath("namespace")
                .withNewFieldRef("v1", "metadata.namespace")
                .endItem()
                .endDownwardAPI()
                .endSource()
                .endProjected()
                .build());
        Path place = volumes.mount(pod).get("v");
        assertThat(place.resolve("token")).hasContent("token-1");
        assertThat(place.resolve("namespace")).hasContent("default");

        time.advance(Duration.ofMinutes(47));
        volumes.mount(pod);
        assertThat(place.resolve("token")).hasContent("token-1");

        cluster.tokenLife = Duration.ofHours(2);
        time.advance(Duration.ofMinutes(2));
        volumes.mount(pod);
        assertThat(place.resolve("token")).hasContent("token-2");
    }

    @Test
    void keepsAnEmptyDirUntilThePodIsGone() throws IOException {
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewEmptyDir()
                .endEmptyDir()
                .build());
        Path place = volumes.mount(pod).get("v");
        Files.writeString(place.resolve("data"), "mine");
        var again = new HostVolumes(directory.resolve("root"), directory.resolve("memory"), cluster, time);
        assertThat(again.mount(pod).get("v").resolve("data")).hasContent("mine");

        again.unmount("uid-web");

        assertThat(place).doesNotExist();
    }

    @Test
    void checksWhatAHostPathIs() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewHostPath(file.toString(), "Directory")
                .build());

        assertThatThrownBy(() -> volumes.mount(pod))
                .hasMessageContaining("hostPath type check failed: %s is not a directory".formatted(file));
    }

    @Test
    void letsNoSubPathOutOfItsVolume() throws IOException {
        Path root = Files.createDirectories(directory.resolve("volume"));
        Files.createSymbolicLink(root.resolve("out"), directory);

        assertThat(SubPath.within(root, "a/b"))
                .isDirectory()
                .isEqualTo(root.toRealPath().resolve("a/b"));
        assertThatThrownBy(() -> SubPath.within(root, "out/x")).isInstanceOf(VolumeException.class);
        assertThatThrownBy(() -> SubPath.within(root, "../x")).isInstanceOf(VolumeException.class);
        assertThatThrownBy(() -> SubPath.within(root, "/etc")).isInstanceOf(VolumeException.class);
    }

    private static io.fabric8.kubernetes.api.model.ConfigMap configMap(Map<String, String> data) {
        return new ConfigMapBuilder().withData(data).build();
    }

    private static PodContext pod(Volume volume) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("default")
                .withUid("uid-web")
                .endMetadata()
                .withNewSpec()
                .withVolumes(volume)
                .endSpec()
                .build();
        return new PodContext(pod, List.of("10.0.0.1"), List.of("192.0.2.1"), Map.of("cpu", new Quantity("4")));
    }
}
