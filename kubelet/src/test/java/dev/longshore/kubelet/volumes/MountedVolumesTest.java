package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.linux.DirectMounts;
import dev.longshore.linux.Mounts;
import dev.longshore.linux.RecordingCommands;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Volumes with real mounts and real owners. Needs root.
class MountedVolumesTest {

    @TempDir
    Path directory;

    private final DirectMounts mounts = DirectMounts.host();
    private final FakeCluster cluster = new FakeCluster();
    private HostVolumes volumes;

    @BeforeEach
    void asRoot() {
        assumeTrue("root".equals(System.getProperty("user.name")), "mounts need root");
        volumes = volumes();
    }

    private HostVolumes volumes() {
        return new HostVolumes(
                directory.resolve("root"),
                directory.resolve("memory"),
                cluster,
                new NodeAccess(mounts, new RecordingCommands(), Map::of),
                List.of(),
                new ManualTime());
    }

    @AfterEach
    void leave() throws IOException {
        for (Mounts.Mount mount : mounts.under(directory)) {
            mounts.detach(mount.point());
        }
    }

    @Test
    void memoryIsATmpfsOfTheLeastSizeThatVolumePodAndNodeAllow() throws Exception {
        assertThat(size(pod(inMemory("64Mi")).build())).isEqualTo(64L << 20);
        volumes.unmount("uid-web");
        assertThat(size(limited(pod(inMemory("64Mi")), "32Mi"))).isEqualTo(32L << 20);
        volumes.unmount("uid-web");
        assertThat(size(limited(pod(inMemory(null)), "16Mi"))).isEqualTo(16L << 20);
        volumes.unmount("uid-web");
        assertThat(size(pod(inMemory(null)).build())).isEqualTo(1L << 30);
    }

    @Test
    void whatIsInMemoryOutlivesTheNodesProcessAndGoesWithThePodAlsoWhileItIsInUse() throws Exception {
        Pod pod = pod(inMemory("64Mi")).build();
        Path place = place(pod);
        Files.writeString(place.resolve("data"), "mine");
        volumes = volumes();
        assertThat(place(pod).resolve("data")).hasContent("mine");
        assertThat(mounts.under(place)).hasSize(1);
        assertThat(volumes.left()).containsExactly("uid-web");

        try (var busy = Files.newOutputStream(place.resolve("data"))) {
            busy.write(1);
            volumes.unmount("uid-web");
        }

        assertThat(mounts.under(directory)).isEmpty();
        assertThat(place).doesNotExist();
    }

    @Test
    void hugePagesNeedARequestForThem() {
        Pod pod = pod(new VolumeBuilder()
                        .withName("v")
                        .withNewEmptyDir()
                        .withMedium("HugePages-2Mi")
                        .endEmptyDir()
                        .build())
                .build();

        assertThatThrownBy(() -> place(pod))
                .hasMessage("MountVolume.SetUp failed for volume \"v\" : medium HugePages-2Mi: hugePages storage"
                        + " requested, but there is no resource request for huge pages");
    }

    @Test
    void hugePagesAreMountedInTheSizeAskedFor() throws Exception {
        assumeTrue(Files.exists(Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB")), "no huge pages");
        var pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewEmptyDir()
                .withMedium("HugePages")
                .endEmptyDir()
                .build());
        pod.editSpec()
                .addToContainers(new ContainerBuilder()
                        .withName("main")
                        .withNewResources()
                        .addToRequests("hugepages-2Mi", new Quantity("4Mi"))
                        .endResources()
                        .build())
                .endSpec();

        Path place = place(pod.build());

        assertThat(mounts.under(place)).hasSize(1).first().satisfies(mount -> {
            assertThat(mount.type()).isEqualTo("hugetlbfs");
            assertThat(mount.superOptions()).contains("pagesize=2M");
        });
    }

    @Test
    void theGroupOwnsAnEmptyDirAndWhatIsMadeInIt() throws Exception {
        Path place = place(grouped(pod(new VolumeBuilder()
                .withName("v")
                .withNewEmptyDir()
                .endEmptyDir()
                .build())));

        assertThat(mode(place)).isEqualTo(02777);
        assertThat(group(place)).isEqualTo(4711);
    }

    @Test
    void theGroupMayReadASecretAndNobodyElse() throws Exception {
        cluster.secrets.put(
                "keys", new SecretBuilder().addToData("k", "c2VjcmV0").build());

        Path place = place(grouped(pod(new VolumeBuilder()
                .withName("v")
                .withNewSecret()
                .withSecretName("keys")
                .withDefaultMode(0400)
                .endSecret()
                .build())));

        Path file = place.resolve("k").toRealPath();
        assertThat(mode(file)).isEqualTo(0440);
        assertThat(group(file)).isEqualTo(4711);
        assertThat(mode(file.getParent())).isEqualTo(02755);
        assertThat(mode(place.getParent())).isEqualTo(0750);
    }

    @Test
    void aTokenIsForTheUserThatAllContainersRunAs() throws Exception {
        var pod = pod(new VolumeBuilder()
                .withName("v")
                .withNewProjected()
                .withDefaultMode(0644)
                .addNewSource()
                .withNewServiceAccountToken()
                .withPath("token")
                .endServiceAccountToken()
                .endSource()
                .endProjected()
                .build());
        pod.editSpec()
                .withNewSecurityContext()
                .withRunAsUser(1234L)
                .endSecurityContext()
                .addNewContainer()
                .withName("main")
                .endContainer()
                .endSpec();

        Path token = place(pod.build()).resolve("token").toRealPath();

        assertThat(mode(token)).isEqualTo(0600);
        assertThat(Files.getAttribute(token, "unix:uid")).isEqualTo(1234);
    }

    @Test
    void givingToTheGroupNeverFollowsLinks() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "outside");
        int before = group(secret);
        int mode = mode(secret);
        Path root = Files.createDirectories(directory.resolve("shared/inner"));
        Files.createSymbolicLink(root.resolve("out"), secret);
        Files.createSymbolicLink(root.resolve("up"), directory);
        Files.setPosixFilePermissions(Files.writeString(root.resolve("file"), "x"), AtomicFiles.permissions(0600));

        new Ownership(4711, false).give(root.getParent());

        assertThat(group(secret)).isEqualTo(before);
        assertThat(mode(secret)).isEqualTo(mode);
        assertThat(mode(root.resolve("file"))).isEqualTo(0660);
        assertThat(mode(root) & 02770).isEqualTo(02770);
        assertThat(Files.getAttribute(root.resolve("out"), "unix:gid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(4711);
        assertThat(new Ownership(4711, false).isGiven(root)).isTrue();
        assertThat(new Ownership(4712, false).isGiven(root)).isFalse();
    }

    @Test
    void aPartOfAVolumeStaysWhatItIsWhateverThePodDoesToItsName() throws Exception {
        Pod pod = pod(new VolumeBuilder()
                        .withName("v")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build())
                .build();
        Path place = place(pod);
        Files.writeString(Files.createDirectories(place.resolve("a/b")).resolve("data"), "mine");

        Path part = part(pod, place, "a/b");
        Files.move(place.resolve("a"), place.resolve("moved"));
        Files.createSymbolicLink(place.resolve("a"), Path.of("/etc"));

        assertThat(part.resolve("data")).hasContent("mine");
        assertThatThrownBy(() -> part(pod, place, "a/b"))
                .isInstanceOf(VolumeException.class)
                .hasMessage("failed to create subPath directory for volumeMount \"v\" of container \"main\"");
        Files.delete(place.resolve("a"));
        Files.writeString(Files.createDirectories(place.resolve("a/b")).resolve("data"), "new");
        assertThat(part(pod, place, "a/b").resolve("data")).hasContent("new");
        volumes.unmount("uid-web");
        assertThat(mounts.under(directory)).isEmpty();
        assertThat(part).doesNotExist();
    }

    @Test
    void aPartMayBeAFileAndIsMadeWithTheVolumesModeIfThereIsNone() throws Exception {
        Pod pod = grouped(pod(new VolumeBuilder()
                .withName("v")
                .withNewEmptyDir()
                .endEmptyDir()
                .build()));
        Path place = place(pod);
        Files.writeString(place.resolve("file"), "content");

        assertThat(part(pod, place, "file")).hasContent("content");
        Path fresh = part(pod, place, "fresh/deep");

        assertThat(mode(fresh)).isEqualTo(02777);
        assertThat(group(fresh)).isEqualTo(4711);
    }

    @Test
    void noPartLeadsOutOfItsVolume() throws Exception {
        Pod pod = pod(new VolumeBuilder()
                        .withName("v")
                        .withNewEmptyDir()
                        .endEmptyDir()
                        .build())
                .build();
        Path place = place(pod);
        Files.createSymbolicLink(place.resolve("out"), directory);
        Files.createSymbolicLink(place.resolve("etc"), Path.of("/etc/passwd"));

        assertThatThrownBy(() -> part(pod, place, "out")).hasMessageContaining("failed to prepare subPath");
        assertThatThrownBy(() -> part(pod, place, "etc")).hasMessageContaining("failed to prepare subPath");
        assertThatThrownBy(() -> part(pod, place, "out/x")).isInstanceOf(VolumeException.class);
        assertThatThrownBy(() -> part(pod, place, "../x"))
                .hasMessage("unable to provision SubPath `../x`: must not contain '..'");
        assertThatThrownBy(() -> part(pod, place, "/etc"))
                .hasMessage("error SubPath `/etc` must not be an absolute path");
        assertThat(directory.resolve("x")).doesNotExist();
    }

    private Path part(Pod pod, Path root, String subPath) {
        return volumes.part(context(pod), new PodVolumes.Part(root, "v", subPath, "main", 0));
    }

    private long size(Pod pod) throws Exception {
        return Files.getFileStore(place(pod)).getTotalSpace();
    }

    private Path place(Pod pod) throws InterruptedException {
        return ((MountedVolume.Files) volumes.mount(context(pod)).get("v")).path();
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode") & 07777;
    }

    private static int group(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:gid");
    }

    private static Volume inMemory(String limit) {
        return new VolumeBuilder()
                .withName("v")
                .withNewEmptyDir()
                .withMedium("Memory")
                .withSizeLimit(limit == null ? null : new Quantity(limit))
                .endEmptyDir()
                .build();
    }

    private static Pod limited(PodBuilder pod, String memory) {
        return pod.editSpec()
                .addNewContainer()
                .withName("main")
                .withNewResources()
                .addToLimits("memory", new Quantity(memory))
                .endResources()
                .endContainer()
                .endSpec()
                .build();
    }

    private static Pod grouped(PodBuilder pod) {
        return pod.editSpec()
                .withNewSecurityContext()
                .withFsGroup(4711L)
                .endSecurityContext()
                .endSpec()
                .build();
    }

    private static PodBuilder pod(Volume volume) {
        return new PodBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("default")
                .withUid("uid-web")
                .endMetadata()
                .withNewSpec()
                .withVolumes(volume)
                .endSpec();
    }

    private static PodContext context(Pod pod) {
        return new PodContext(
                pod,
                List.of("10.0.0.1"),
                List.of("192.0.2.1"),
                Map.of("cpu", new Quantity("4"), "memory", new Quantity("1Gi")));
    }
}
