package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.kubelet.devices.ContainerDevices;
import dev.longshore.kubelet.devices.DeviceException;
import dev.longshore.kubelet.devices.Grant;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.PodVolumes;
import dev.longshore.kubelet.volumes.VolumeException;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// How containers ended is known at once, also when what the pod holds cannot be given back.
class WindingUpTest extends WorkersFixture {

    private volatile boolean areDevicesStuck;
    private volatile boolean areVolumesStuck;

    @Override
    ContainerDevices devices() {
        return new ContainerDevices() {
            @Override
            public Optional<String> admit(Pod pod) {
                return Optional.empty();
            }

            @Override
            public Grant of(Pod pod, Container container) {
                return Grant.NOTHING;
            }

            @Override
            public void beforeStart(Pod pod, String container) {
                // Nothing is prepared.
            }

            @Override
            public void release(String podUid) {
                // It had none.
            }

            @Override
            public void unprepare(Pod pod) {
                if (areDevicesStuck) {
                    throw new DeviceException("the driver is gone");
                }
            }
        };
    }

    @Override
    PodVolumes volumes() {
        return new PodVolumes() {
            @Override
            public Map<String, MountedVolume> mount(PodContext pod) {
                return Map.of();
            }

            @Override
            public Path part(PodContext pod, Part part) {
                throw new IllegalStateException("there are no volumes");
            }

            @Override
            public void onOutdated(Consumer<String> listener) {
                // There is no content.
            }

            @Override
            public void unmount(String podUid) {
                if (areVolumesStuck) {
                    throw new VolumeException("device or resource busy");
                }
            }

            @Override
            public Set<String> left() {
                return Set.of();
            }
        };
    }

    @Test
    void aPodHasEndedThoughItsVolumesAreStuck() {
        areVolumesStuck = true;
        begin();

        runtime.exit("job", 3);

        await().until(() -> "Failed".equals(cluster.status("job").getPhase()));
        assertThat(exitCode()).isEqualTo(3);
    }

    @Test
    void aPodWhoseDevicesAreStuckTellsHowItsContainersEndedAndNoMore() {
        areDevicesStuck = true;
        begin();

        runtime.exit("job", 3);

        await().until(() -> exitCode() != null);
        assertThat(exitCode()).isEqualTo(3);
        assertThat(cluster.status("job").getPhase()).isEqualTo("Running");
        assertThat(isTrue("job", "Ready")).isFalse();

        areDevicesStuck = false;
        passUntil(() -> "Failed".equals(cluster.status("job").getPhase()));
    }

    private void begin() {
        cluster.put(pod("job", "Never", container("job")).build());
        await().until(() -> isTrue("job", "Ready"));
    }

    private Integer exitCode() {
        var now = cluster.status("job").getContainerStatuses().getFirst().getState();
        return now.getTerminated() == null ? null : now.getTerminated().getExitCode();
    }
}
