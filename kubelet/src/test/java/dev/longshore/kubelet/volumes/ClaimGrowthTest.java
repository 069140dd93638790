package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.pods.FakeCluster;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Growth that a driver takes part in.
class ClaimGrowthTest {

    private static final String CLAIM = "data";

    private final ManualTime time = new ManualTime();
    private final FakeCluster cluster = new FakeCluster();
    private final EventRecorder events = new EventRecorder(cluster, time, "node-1");
    private final List<String> asked = new ArrayList<>();
    private Growth answer = new Growth.Done();
    private final ClaimExpansion expansion =
            new ClaimExpansion(() -> List.of(pod()), cluster, List.of(new Driver()), this::store, events, time);

    @BeforeEach
    void begin() {
        events.start();
        cluster.volumes.put("pv", Serialization.unmarshal("""
                metadata: {name: pv}
                spec: {capacity: {storage: 2Gi}, csi: {driver: d, volumeHandle: h}}
                """, PersistentVolume.class));
        cluster.claims.put(CLAIM, Serialization.unmarshal("""
                metadata: {name: data, namespace: default}
                spec: {volumeName: pv}
                status:
                  capacity: {storage: 1Gi}
                  allocatedResources: {storage: 2Gi}
                  allocatedResourceStatuses: {storage: NodeResizePending}
                  conditions: [{type: FileSystemResizePending, status: "True"}]
                """, PersistentVolumeClaim.class));
    }

    @AfterEach
    void end() {
        events.close();
    }

    private PersistentVolumeClaim store(PersistentVolumeClaim claim) {
        cluster.claims.put(CLAIM, claim);
        return claim;
    }

    private PersistentVolumeClaim claim() {
        return cluster.claims.get(CLAIM);
    }

    @Test
    void theClaimIsAsLargeAsItsVolumeWhenTheDriverSaysSo() throws Exception {
        expansion.look();

        assertThat(asked).containsExactly("pod pv 2Gi");
        assertThat(claim().getStatus().getCapacity()).containsEntry("storage", new Quantity("2Gi"));
        assertThat(claim().getStatus().getConditions()).isEmpty();
        assertThat(claim().getStatus().getAllocatedResourceStatuses()).isNullOrEmpty();
    }

    @Test
    void aFailureIsToldAndTriedAgain() throws Exception {
        answer = new Growth.Failed("disk on fire", false);
        expansion.look();
        expansion.look();

        assertThat(asked).hasSize(2);
        assertThat(claim().getStatus().getCapacity()).containsEntry("storage", new Quantity("1Gi"));
        assertThat(claim().getStatus().getAllocatedResourceStatuses()).containsEntry("storage", "NodeResizeInProgress");
        assertThat(claim().getStatus().getConditions())
                .extracting(PersistentVolumeClaimCondition::getType)
                .containsExactly("FileSystemResizePending", "NodeResizeError");
        assertThat(claim().getStatus().getConditions().getLast().getMessage())
                .isEqualTo("failed to expand pvc with disk on fire");

        answer = new Growth.Done();
        expansion.look();
        assertThat(claim().getStatus().getConditions()).isEmpty();
    }

    @Test
    void whatCanNeverBeIsNotTriedAgain() throws Exception {
        answer = new Growth.Failed("too large", true);
        expansion.look();
        expansion.look();

        assertThat(asked).hasSize(1);
        assertThat(claim().getStatus().getAllocatedResourceStatuses()).containsEntry("storage", "NodeResizeInfeasible");
    }

    private static Pod pod() {
        return Serialization.unmarshal("""
                metadata: {name: pod, namespace: default, uid: uid}
                spec: {nodeName: node-1, volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}
                """, Pod.class);
    }

    private final class Driver implements VolumeDriver {
        @Override
        public boolean provides(Wanted wanted) {
            return true;
        }

        @Override
        public MountedVolume mount(PodContext pod, Wanted wanted) {
            throw new AssertionError("it stands");
        }

        @Override
        public void unmount(String podUid) {
            throw new AssertionError("it stays");
        }

        @Override
        public Optional<Growth> grow(Pod pod, PersistentVolume volume, Quantity size) {
            asked.add(pod.getMetadata().getName() + " " + volume.getMetadata().getName() + " " + size);
            return Optional.of(answer);
        }

        @Override
        public Set<String> pods() {
            return Set.of();
        }
    }
}
