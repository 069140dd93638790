package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.linux.RecordingCommands;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
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
        volumes = volumes();
    }

    private HostVolumes volumes() {
        return new HostVolumes(
                directory.resolve("root"),
                directory.resolve("memory"),
                cluster,
                new NodeAccess(new PretendedMounts(), new RecordingCommands(), Map::of),
                List.of(),
                time);
    }

    @Test
    void showsAConfigMapAndFollowsItsChanges() throws Exception {
        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one", "b.conf", "two")));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .build());
        Path place = place(pod);
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
    void countsByKindWhatIsToStandAndStandsAndWhatWasDone() throws Exception {
        var done = new java.util.ArrayList<String>();
        volumes.onOperation(
                (plugin, operation, nanos, failed) -> done.add(operation + " " + plugin + (failed ? " failed" : "")));
        PodContext pod = pod(
                new VolumeBuilder()
                        .withName("v")
                        .withNewConfigMap()
                        .withName("settings")
                        .endConfigMap()
                        .build(),
                new VolumeBuilder()
                        .withName("scratch")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build());
        assertThatThrownBy(() -> volumes.mount(pod)).isInstanceOf(VolumeException.class);
        assertThat(volumes.desired())
                .containsOnly(
                        java.util.Map.entry("kubernetes.io/configmap", 1),
                        java.util.Map.entry("kubernetes.io/empty-dir", 1));
        assertThat(volumes.actual()).containsOnly(java.util.Map.entry("kubernetes.io/empty-dir", 1));

        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one")));
        time.advance(Duration.ofSeconds(60));
        volumes.mount(pod);
        assertThat(volumes.actual()).hasSize(2);
        volumes.unmount(pod.uid());

        assertThat(volumes.desired()).isEmpty();
        assertThat(done.subList(0, 3))
                .containsExactly(
                        "volume_mount kubernetes.io/configmap failed",
                        "volume_mount kubernetes.io/empty-dir",
                        "volume_mount kubernetes.io/configmap");
        assertThat(done.subList(3, done.size()))
                .containsExactlyInAnyOrder(
                        "volume_unmount kubernetes.io/configmap", "volume_unmount kubernetes.io/empty-dir");
    }

    @Test
    void hearsOfAChangeAtOnce() throws Exception {
        var told = new java.util.ArrayList<String>();
        volumes.onOutdated(told::add);
        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one")));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .build());
        Path place = place(pod);

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
    void leavesFilesAloneThatHaveNotChanged() throws Exception {
        cluster.configMaps.put("settings", configMap(Map.of("a.conf", "one")));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewConfigMap()
                .withName("settings")
                .endConfigMap()
                .build());
        Path place = place(pod);
        Path target = Files.readSymbolicLink(place.resolve("..data"));

        time.advance(Duration.ofSeconds(60));
        volumes.mount(pod);

        assertThat(Files.readSymbolicLink(place.resolve("..data"))).isEqualTo(target);
    }

    @Test
    void putsASecretInMemoryWithTheModeAskedFor() throws Exception {
        cluster.secrets.put(
                "keys", new SecretBuilder().addToData("tls.key", "c2VjcmV0").build());
        Path place = place(pod(new VolumeBuilder()
                .withName("v")
                .withNewSecret()
                .withSecretName("keys")
                .withDefaultMode(0400)
                .addNewItem()
                .withKey("tls.key")
                .withPath("deep/down.key")
                .endItem()
                .endSecret()
                .build()));

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
    void keepsWhatPodsHaveWhenItsSourceIsGone() throws Exception {
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

        assertThat(place(pod).resolve("a.conf")).hasContent("one");
        assertThat(volumes.news("uid-web"))
                .as("and tells")
                .containsExactly(new VolumeEvent(
                        "FailedMount", "MountVolume.SetUp failed for volume \"v\" : configmap \"settings\" not found"));
    }

    @Test
    void renewsATokenBeforeItEnds() throws Exception {
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
        Path place = place(pod);
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
    void keepsAnEmptyDirUntilThePodIsGone() throws Exception {
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewEmptyDir()
                .endEmptyDir()
                .build());
        Path place = place(pod);
        Files.writeString(place.resolve("data"), "mine");
        var again = volumes();
        assertThat(((MountedVolume.Files) again.mount(pod).get("v")).path().resolve("data"))
                .hasContent("mine");

        again.unmount("uid-web");

        assertThat(place).doesNotExist();
    }

    @Test
    void checksWhatAHostPathIs() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        PodContext pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewHostPath(file.toString(), "Directory")
                .build());

        assertThatThrownBy(() -> volumes.mount(pod))
                .hasMessageContaining("hostPath type check failed: %s is not a directory".formatted(file));
    }

    private Path place(PodContext pod) throws InterruptedException {
        return ((MountedVolume.Files) volumes.mount(pod).get("v")).path();
    }

    private static io.fabric8.kubernetes.api.model.ConfigMap configMap(Map<String, String> data) {
        return new ConfigMapBuilder().withData(data).build();
    }

    private static PodContext pod(Volume... volumes) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("default")
                .withUid("uid-web")
                .endMetadata()
                .withNewSpec()
                .withVolumes(volumes)
                .endSpec()
                .build();
        return new PodContext(pod, List.of("10.0.0.1"), List.of("192.0.2.1"), Map.of("cpu", new Quantity("4")));
    }
}
