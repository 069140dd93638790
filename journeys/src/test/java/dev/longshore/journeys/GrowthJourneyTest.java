package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Volumes that grow with their claims.
@ExtendWith(MovedCluster.class)
@Order(19)
class GrowthJourneyTest {

    private static final String CLAIM = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: data}
            spec:
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: 1Gi}}
            """;
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: user}
            spec:
              terminationGracePeriodSeconds: 0
              containers: [{name: main, image: nginx}]
              volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
            """;

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void aVolumeInUseGrowsWithItsClaimAndTheNodeSaysWhenItHas() {
        try (var space = cluster.namespace("growth")) {
            space.create(CLAIM, PersistentVolumeClaim.class);
            space.create(POD, Pod.class);
            soon(() -> assertThat(space.stored(Pod.class, "user").getStatus().getPhase())
                    .isEqualTo("Running"));

            ask(space, "2Gi");

            cluster.passUntil(Duration.ofMinutes(1), () -> capacity(space).equals("2Gi"));
            PersistentVolumeClaim claim = space.stored(PersistentVolumeClaim.class, "data");
            String volume = claim.getSpec().getVolumeName();
            assertThat(space.client()
                            .persistentVolumes()
                            .withName(volume)
                            .get()
                            .getSpec()
                            .getCapacity())
                    .containsEntry("storage", new Quantity("2Gi"));
            assertThat(claim.getStatus().getConditions()).isEmpty();
            assertThat(claim.getStatus().getAllocatedResourceStatuses()).isNullOrEmpty();
            String done = "FileSystemResizeSuccessful: MountVolume.NodeExpandVolume succeeded for volume \"" + volume
                    + "\" " + space.stored(Pod.class, "user").getSpec().getNodeName();
            soon(() -> assertThat(space.told("data"))
                    .contains(
                            "Resizing: External resizer is resizing volume " + volume,
                            "FileSystemResizeRequired: Require file system resize of volume on node",
                            done));
            soon(() -> assertThat(space.told("user")).contains(done));
            assertThatThrownBy(() -> ask(space, "1Gi"))
                    .hasMessageContaining("field can not be less than status.capacity");
        }
    }

    private static void ask(HollowNamespace space, String size) {
        space.client()
                .persistentVolumeClaims()
                .inNamespace(space.name())
                .withName("data")
                .edit(claim -> {
                    claim.getSpec().getResources().getRequests().put("storage", new Quantity(size));
                    return claim;
                });
    }

    private static String capacity(HollowNamespace space) {
        var capacity =
                space.stored(PersistentVolumeClaim.class, "data").getStatus().getCapacity();
        return capacity == null ? "" : String.valueOf(capacity.get("storage"));
    }
}
