package dev.longshore.kubelet.volumes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.api.Test;

class ClaimExpansionTest {

    @Test
    void aClaimWhoseVolumeHasGrownSaysItsNewSizeAndNothingOfGrowth() {
        PersistentVolumeClaim claim = new PersistentVolumeClaimBuilder()
                .withNewStatus()
                .addToCapacity("storage", new Quantity("1Gi"))
                .addToAllocatedResources("storage", new Quantity("2Gi"))
                .addToAllocatedResourceStatuses("storage", "NodeResizeInProgress")
                .addNewCondition()
                .withType("FileSystemResizePending")
                .withStatus("True")
                .endCondition()
                .addNewCondition()
                .withType("Unrelated")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();

        var status = ClaimExpansion.ended(claim, new Quantity("2Gi")).getStatus();

        assertThat(status.getCapacity()).containsEntry("storage", new Quantity("2Gi"));
        assertThat(status.getAllocatedResources()).containsEntry("storage", new Quantity("2Gi"));
        assertThat(status.getAllocatedResourceStatuses()).isNullOrEmpty();
        assertThat(status.getConditions())
                .extracting(condition -> condition.getType())
                .containsExactly("Unrelated");
    }
}
