package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import org.junit.jupiter.api.Test;

/// How claims tell of their volumes' growth, and how volumes are scrubbed for the next.
class ClaimGrowthTest {

    private final ClaimGrowth growth = new ClaimGrowth(new ManualTime());

    @Test
    void aVolumeGrowsToWhatItsClaimAsksFor() {
        assertThat(growth.target(claim(), volume("1Gi"))).contains(new Quantity("2Gi"));
    }

    @Test
    void whatWasBegunIsEndedFirst() {
        PersistentVolumeClaim begun = growth.begun(claim(), new Quantity("2Gi"));
        begun.getSpec().getResources().getRequests().put("storage", new Quantity("9Gi"));

        assertThat(growth.target(begun, volume("1Gi"))).contains(new Quantity("2Gi"));
    }

    @Test
    void whileTheNodeIsAtItNothingElseBegins() {
        PersistentVolumeClaim pending = growth.leftToNode(growth.begun(claim(), new Quantity("2Gi")));

        assertThat(growth.target(pending, volume("2Gi"))).isEmpty();
    }

    @Test
    void theStatusTellsHowFarItIs() {
        PersistentVolumeClaim begun = growth.begun(claim(), new Quantity("2Gi"));
        PersistentVolumeClaim pending = growth.leftToNode(begun);

        assertThat(begun.getStatus().getAllocatedResourceStatuses())
                .containsEntry("storage", "ControllerResizeInProgress");
        assertThat(begun.getStatus().getAllocatedResources()).containsEntry("storage", new Quantity("2Gi"));
        assertThat(begun.getStatus().getConditions())
                .extracting(PersistentVolumeClaimCondition::getType)
                .containsExactly("Other", "Resizing");
        assertThat(pending.getStatus().getAllocatedResourceStatuses()).containsEntry("storage", "NodeResizePending");
        assertThat(pending.getStatus().getConditions())
                .extracting(PersistentVolumeClaimCondition::getType)
                .containsExactly("Other", "Resizing", "FileSystemResizePending");
        assertThat(growth.begun(pending, new Quantity("3Gi")).getStatus().getConditions())
                .extracting(PersistentVolumeClaimCondition::getType)
                .containsExactly("Other", "Resizing");
    }

    @Test
    void aVolumeIsScrubbedByAPodThatHasTimeForItsSize() {
        PersistentVolume small = new PersistentVolumeBuilder(volume("1Gi"))
                .editSpec()
                .withNewHostPath("/data", "")
                .endSpec()
                .build();
        PersistentVolume large = new PersistentVolumeBuilder(volume("100Gi"))
                .editSpec()
                .withNewNfs("/data", false, "files")
                .endSpec()
                .build();

        var pod = VolumeRecycling.scrubber(small).orElseThrow();
        assertThat(Keys.of(pod)).isEqualTo("default/recycler-for-disk");
        assertThat(VolumeRecycling.volume(pod)).contains("disk");
        assertThat(pod.getSpec().getActiveDeadlineSeconds()).isEqualTo(60);
        assertThat(pod.getSpec().getVolumes().getFirst().getHostPath().getPath())
                .isEqualTo("/data");
        assertThat(VolumeRecycling.scrubber(large).orElseThrow().getSpec().getActiveDeadlineSeconds())
                .isEqualTo(3000);
        assertThat(VolumeRecycling.scrubber(volume("1Gi"))).isEmpty();
        assertThat(VolumeRecycling.volume(Samples.ready("web", "10.0.0.1"))).isEmpty();
    }

    private static PersistentVolume volume(String size) {
        return new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName("disk")
                .endMetadata()
                .withNewSpec()
                .addToCapacity("storage", new Quantity(size))
                .endSpec()
                .build();
    }

    private static PersistentVolumeClaim claim() {
        return new PersistentVolumeClaimBuilder()
                .withNewSpec()
                .withNewResources()
                .addToRequests("storage", new Quantity("2Gi"))
                .endResources()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Other")
                .withStatus("True")
                .endCondition()
                .endStatus()
                .build();
    }
}
