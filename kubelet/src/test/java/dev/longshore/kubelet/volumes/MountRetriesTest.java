package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.linux.RecordingCommands;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How volumes that cannot be had are tried again, and what is said of them.
class MountRetriesTest {

    private static final String MISSING = "{name: a, hostPath: {path: %s, type: File}}";

    private static final Map<String, String> LABELS = Map.of("kubernetes.io/hostname", "here", "rack", "7");

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final FakeCluster cluster = new FakeCluster();
    private HostVolumes volumes;

    @BeforeEach
    void make() {
        volumes = new HostVolumes(
                directory.resolve("root"),
                directory.resolve("memory"),
                cluster,
                new NodeAccess(new PretendedMounts(), new RecordingCommands(), () -> LABELS),
                List.of(),
                time);
    }

    @Test
    void eachFailureDoublesTheWaitFromHalfASecondToTwoMinutes() {
        PodContext pod = pod("web", MISSING.formatted(directory.resolve("file")));
        var waits = new ArrayList<Duration>();

        for (int attempt = 0; attempt < 11; attempt++) {
            VolumeException failed = fail(pod);
            assertThat(volumes.news("uid-web")).as("attempt %d", attempt).hasSize(1);
            waits.add(Duration.between(time.now(), failed.retryAt().orElseThrow()));
            time.advance(waits.getLast());
        }

        assertThat(waits.stream().map(Duration::toMillis))
                .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16000L, 32000L, 64000L, 122000L, 122000L, 122000L);
    }

    @Test
    void aVolumeThatIsHeldIsNotTriedAndNothingIsSaidOfItAgain() throws Exception {
        Path file = directory.resolve("file");
        PodContext pod = pod("web", MISSING.formatted(file));
        fail(pod);
        volumes.news("uid-web");
        Files.createFile(file);

        assertThat(fail(pod)).hasMessageContaining("is not a file");
        assertThat(volumes.news("uid-web")).isEmpty();
        time.advance(Duration.ofMillis(500));

        assertThat(volumes.mount(pod)).containsEntry("a", new MountedVolume.Files(file, false));
    }

    @Test
    void newsOfAnObjectEndTheWait() throws Exception {
        PodContext pod = pod("web", "{name: a, configMap: {name: settings}}");
        fail(pod);
        time.advance(Duration.ofMillis(500));
        fail(pod);

        cluster.configMaps.put(
                "settings", new ConfigMapBuilder().withData(Map.of("a", "b")).build());
        cluster.touch("settings");

        assertThat(volumes.mount(pod)).containsOnlyKeys("a");
    }

    @Test
    void claimsAreLookedAtAtLeastEveryTenSeconds() {
        cluster.claims.put("data", claim("Pending"));
        PodContext pod = pod("web", "{name: a, persistentVolumeClaim: {claimName: data}}");
        Duration wait = Duration.ZERO;
        for (int attempt = 0; attempt < 8; attempt++) {
            wait = Duration.between(time.now(), fail(pod).retryAt().orElseThrow());
            time.advance(wait);
        }

        assertThat(wait).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void aVolumeForOnePodIsRefusedToASecondOneUntilTheFirstIsGone() throws Exception {
        cluster.claims.put("data", claim("Bound"));
        cluster.volumes.put(
                "pv", persistent("accessModes: [ReadWriteOncePod], local: {path: %s}".formatted(directory)));
        String claimed = "{name: a, persistentVolumeClaim: {claimName: data}}";
        volumes.mount(pod("web", claimed));
        PodContext second = pod("other", claimed);

        assertThat(fail(second))
                .hasMessage(
                        "MountVolume.SetUp failed for volume \"pv\" : volume uses the ReadWriteOncePod access mode and"
                                + " is already in use by another pod");
        volumes.unmount("uid-web");
        time.advance(Duration.ofSeconds(1));

        assertThat(volumes.mount(second)).containsOnlyKeys("a");
    }

    @Test
    void eachStepThatFailsIsCalledByItsName() {
        cluster.claims.put("data", claim("Bound"));
        PodContext pod = pod("web", "{name: a, persistentVolumeClaim: {claimName: data}}");

        says(
                pod,
                "local: {path: /nowhere}",
                "FailedMount",
                "MountVolume.NewMounter initialization failed for volume"
                        + " \"pv\" : path \"/nowhere\" does not exist");
        says(
                pod,
                "local: {path: /etc/passwd}",
                "FailedMount",
                "MountVolume.NewMounter initialization failed for volume"
                        + " \"pv\" : only directory and block device are supported");
        says(
                pod,
                "mountOptions: [noexec], hostPath: {path: /tmp}",
                "FailedMount",
                "MountVolume.MountOptionSupport check"
                        + " failed for volume \"pv\" : mount options are not supported for this volume type");
        says(
                pod,
                "volumeMode: Block, local: {path: /nowhere}",
                "FailedMapVolume",
                "MapVolume.NewBlockVolumeMapper"
                        + " initialization failed for volume \"pv\" : failed to get device path: lstat /nowhere: no such file or"
                        + " directory");
    }

    @Test
    void volumesOfOtherNodesAreRefused() throws Exception {
        cluster.claims.put("data", claim("Bound"));
        PodContext pod = pod("web", "{name: a, persistentVolumeClaim: {claimName: data}}");
        for (String rule : List.of(
                "kubernetes.io/hostname, operator: In, values: [there]",
                "kubernetes.io/hostname, operator: NotIn, values: [here]",
                "rack, operator: Lt, values: ['7']",
                "zone, operator: Exists",
                "rack, operator: DoesNotExist")) {
            says(
                    pod,
                    "local: {path: %s}, %s".formatted(directory, affinity(rule)),
                    "FailedMount",
                    "MountVolume.NodeAffinity check failed for volume \"pv\" : no matching NodeSelectorTerms");
        }
        says(
                pod,
                "volumeMode: Block, local: {path: /nowhere}, " + affinity("zone, operator: Exists"),
                "FailedMount",
                "MapVolume.NodeAffinity check failed for volume \"pv\" : no matching NodeSelectorTerms");

        cluster.volumes.put(
                "pv",
                persistent(
                        "local: {path: %s}, %s".formatted(directory, affinity("rack, operator: Gt, values: ['6']"))));
        assertThat(volumes.mount(pod)).containsOnlyKeys("a");
    }

    private static String affinity(String rule) {
        return "nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: %s}]}]}}".formatted(rule);
    }

    private void says(PodContext pod, String spec, String reason, String message) {
        cluster.volumes.put("pv", persistent(spec));
        fail(pod);
        assertThat(volumes.news("uid-web")).containsExactly(new VolumeEvent(reason, message));
        time.advance(MountRetries.LONGEST);
    }

    private VolumeException fail(PodContext pod) {
        return catchThrowableOfType(VolumeException.class, () -> volumes.mount(pod));
    }

    private static PersistentVolumeClaim claim(String phase) {
        return Serialization.unmarshal(
                "---\n{metadata: {name: data, uid: uid-claim}, spec: {volumeName: pv}, status: {phase: %s}}"
                        .formatted(phase),
                PersistentVolumeClaim.class);
    }

    private static PersistentVolume persistent(String spec) {
        return Serialization.unmarshal(
                "---\n{metadata: {name: pv}, spec: {claimRef: {uid: uid-claim}, %s}}".formatted(spec),
                PersistentVolume.class);
    }

    private static PodContext pod(String name, String volumes) {
        Pod pod = Serialization.unmarshal(
                "---\n{metadata: {name: %s, namespace: default, uid: uid-%s}, spec: {volumes: [%s]}}"
                        .formatted(name, name, volumes),
                Pod.class);
        return new PodContext(pod, List.of("10.0.0.1"), List.of("192.0.2.1"), Map.of());
    }
}
