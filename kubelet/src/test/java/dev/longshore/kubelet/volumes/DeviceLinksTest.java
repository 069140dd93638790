package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.linux.RecordingCommands;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceLinksTest {

    @TempDir
    private Path directory;

    private final FakeCluster cluster = new FakeCluster();
    private final PodContext pod = new PodContext(
            Serialization.unmarshal("""
                    metadata: {name: web, namespace: default, uid: uid-web}
                    spec: {volumes: [{name: a, persistentVolumeClaim: {claimName: data}}]}
                    """, Pod.class), List.of("10.0.0.1"), List.of("192.0.2.1"), Map.of());

    /// Gives every volume the same device.
    private record OneDevice(Path device) implements VolumeDriver {
        @Override
        public boolean provides(Wanted wanted) {
            return true;
        }

        @Override
        public MountedVolume mount(PodContext pod, Wanted wanted) {
            return new MountedVolume.Device(device, false);
        }

        @Override
        public void unmount(String podUid) {
            // It stays what it is.
        }

        @Override
        public Set<String> pods() {
            return Set.of();
        }
    }

    @BeforeEach
    void bind() {
        cluster.claims.put(
                "data",
                Serialization.unmarshal(
                        "---\n{metadata: {name: data, uid: uid-claim}, spec: {volumeName: pv}, status: {phase: Bound}}",
                        PersistentVolumeClaim.class));
        cluster.volumes.put("pv", Serialization.unmarshal("""
                        metadata: {name: pv}
                        spec: {claimRef: {uid: uid-claim}, volumeMode: Block, csi: {driver: d, volumeHandle: h}}
                        """, PersistentVolume.class));
    }

    private HostVolumes volumes() {
        return new HostVolumes(
                directory.resolve("root"),
                directory.resolve("memory"),
                cluster,
                new NodeAccess(new PretendedMounts(), new RecordingCommands(), Map::of),
                List.of(new OneDevice(directory.resolve("device"))),
                new ManualTime());
    }

    @Test
    void aPodWithADeviceHasALinkToItAndIsToldOnce() throws Exception {
        HostVolumes volumes = volumes();
        Path place = directory.resolve("root/pods/uid-web/volumeDevices/kubernetes.io~csi");

        volumes.mount(pod);

        assertThat(place.resolve("pv")).isSymbolicLink();
        assertThat(Files.readSymbolicLink(place.resolve("pv"))).isEqualTo(directory.resolve("device"));
        assertThat(volumes.news("uid-web"))
                .containsExactly(new VolumeEvent(
                        "SuccessfulMountVolume",
                        "MapVolume.MapPodDevice succeeded for volume \"pv\" volumeMapPath \"" + place + "\""))
                .allSatisfy(event -> assertThat(event.isProblem()).isFalse());

        HostVolumes later = volumes();
        later.mount(pod);
        assertThat(later.news("uid-web")).isEmpty();
    }

    @Test
    void theLinkGoesWithThePod() throws Exception {
        HostVolumes volumes = volumes();
        volumes.mount(pod);

        volumes.unmount("uid-web");

        assertThat(directory.resolve("root/pods/uid-web/volumeDevices")).doesNotExist();
    }
}
