package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VolumeMatchTest {

    private static final Node NODE = new NodeBuilder()
            .withNewMetadata()
            .withName("node")
            .withLabels(Map.of("kubernetes.io/hostname", "host"))
            .endMetadata()
            .build();

    private static PersistentVolumeClaimBuilder claim(String size) {
        return new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace("default")
                .withName("data")
                .withUid("uid-data")
                .endMetadata()
                .withNewSpec()
                .withAccessModes("ReadWriteOnce")
                .withStorageClassName("")
                .withNewResources()
                .addToRequests("storage", new Quantity(size))
                .endResources()
                .endSpec()
                .withNewStatus()
                .withPhase("Pending")
                .endStatus();
    }

    private static PersistentVolumeBuilder volume(String name, String size, String... modes) {
        return new PersistentVolumeBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .withAccessModes(modes)
                .addToCapacity("storage", new Quantity(size))
                .endSpec()
                .withNewStatus()
                .withPhase("Available")
                .endStatus();
    }

    private static PersistentVolume free(String name, String size) {
        return volume(name, size, "ReadWriteOnce").build();
    }

    private static PersistentVolume promised(PersistentVolume volume, String claim, String uid) {
        return new PersistentVolumeBuilder(volume)
                .editSpec()
                .withClaimRef(new ObjectReferenceBuilder()
                        .withNamespace("default")
                        .withName(claim)
                        .withUid(uid)
                        .build())
                .endSpec()
                .build();
    }

    private static String best(PersistentVolumeClaim claim, PersistentVolume... volumes) {
        return VolumeMatch.best(claim, List.of(volumes), false).map(Keys::of).orElse("");
    }

    @Test
    void theSmallestThatFitsIsTaken() {
        assertThat(best(claim("2Gi").build(), free("small", "1Gi"), free("large", "10Gi"), free("fits", "3Gi")))
                .isEqualTo("fits");
        assertThat(best(claim("20Gi").build(), free("large", "10Gi"))).isEmpty();
    }

    @Test
    void fewerAccessModesGoBeforeSize() {
        var shared = volume("shared", "1Gi", "ReadWriteOnce", "ReadWriteMany").build();

        assertThat(best(claim("1Gi").build(), shared, free("plain", "10Gi"))).isEqualTo("plain");
        assertThat(best(
                        claim("1Gi")
                                .editSpec()
                                .withAccessModes("ReadWriteMany")
                                .endSpec()
                                .build(),
                        shared,
                        free("plain", "10Gi")))
                .isEqualTo("shared");
    }

    @Test
    void whatIsPromisedGoesBeforeAllAndToNobodyElse() {
        var ours = promised(free("ours", "10Gi"), "data", null);
        var others = promised(free("others", "1Gi"), "other", null);
        var former = promised(free("former", "1Gi"), "data", "uid-of-a-former-claim");

        assertThat(best(claim("1Gi").build(), free("free", "1Gi"), others, former, ours))
                .isEqualTo("ours");
        assertThat(best(claim("1Gi").build(), others, former)).isEmpty();
    }

    @Test
    void classSelectorModeAndPhaseMustAgree() {
        var fast = volume("fast", "1Gi", "ReadWriteOnce")
                .editSpec()
                .withStorageClassName("fast")
                .endSpec()
                .build();
        var block = volume("block", "1Gi", "ReadWriteOnce")
                .editSpec()
                .withVolumeMode("Block")
                .endSpec()
                .build();
        var released = volume("released", "1Gi", "ReadWriteOnce")
                .editStatus()
                .withPhase("Released")
                .endStatus()
                .build();
        var labelled = volume("labelled", "1Gi", "ReadWriteOnce")
                .editMetadata()
                .withLabels(Map.of("tier", "gold"))
                .endMetadata()
                .build();
        var gold = claim("1Gi")
                .editSpec()
                .withNewSelector()
                .addToMatchLabels("tier", "gold")
                .endSelector()
                .endSpec();

        assertThat(best(claim("1Gi").build(), fast, block, released)).isEmpty();
        assertThat(best(
                        claim("1Gi")
                                .editSpec()
                                .withStorageClassName("fast")
                                .endSpec()
                                .build(),
                        fast))
                .isEqualTo("fast");
        assertThat(best(gold.build(), free("plain", "1Gi"), labelled)).isEqualTo("labelled");
    }

    @Test
    void aWaitingClaimTakesOnlyWhatIsPromised() {
        var claim = claim("1Gi").build();

        assertThat(VolumeMatch.best(claim, List.of(free("free", "1Gi")), true)).isEmpty();
        assertThat(VolumeMatch.best(claim, List.of(promised(free("ours", "1Gi"), "data", null)), true))
                .isPresent();
    }

    @Test
    void aVolumeAskedForByNameSaysWhyItDoesNotFit() {
        assertThat(VolumeMatch.fault(free("a", "1Gi"), claim("2Gi").build())).contains("requested PV is too small");
        assertThat(VolumeMatch.fault(volume("a", "1Gi").build(), claim("1Gi").build()))
                .contains("incompatible accessMode");
        assertThat(VolumeMatch.fault(free("a", "1Gi"), claim("1Gi").build())).isEmpty();
    }

    @Test
    void bindingIsWrittenOnBothSidesAndChangesNothingTheSecondTime() {
        var claim = claim("1Gi").build();
        var given = VolumeWrites.given(free("a", "1Gi"), claim);
        var taken = VolumeWrites.taken(claim, given);
        var bound = VolumeWrites.phaseOf(taken, "Bound", given);

        assertThat(given.getSpec().getClaimRef().getUid()).isEqualTo("uid-data");
        assertThat(given.getMetadata().getAnnotations()).containsEntry(StorageClaims.BY_CONTROLLER, "yes");
        assertThat(taken.getSpec().getVolumeName()).isEqualTo("a");
        assertThat(taken.getMetadata().getAnnotations()).containsKeys(StorageClaims.BOUND, StorageClaims.BY_CONTROLLER);
        assertThat(bound.getStatus().getCapacity()).containsEntry("storage", new Quantity("1Gi"));
        assertThat(VolumeWrites.given(given, claim)).isEqualTo(given);
        assertThat(VolumeWrites.taken(taken, given)).isEqualTo(taken);
        assertThat(VolumeWrites.phaseOf(bound, "Bound", given)).isEqualTo(bound);
    }

    @Test
    void aPromiseOfItsMakerIsNotCalledTheControllers() {
        var given = VolumeWrites.given(
                promised(free("a", "1Gi"), "data", null), claim("1Gi").build());

        assertThat(given.getSpec().getClaimRef().getUid()).isEqualTo("uid-data");
        assertThat(StorageClaims.annotations(given)).doesNotContainKey(StorageClaims.BY_CONTROLLER);
    }

    @Test
    void onlyVolumesThatSomebodyDeletesAreDeleted() {
        var provisioned = volume("a", "1Gi")
                .editMetadata()
                .addToAnnotations(StorageClaims.PROVISIONED_BY, "example.com/disks")
                .endMetadata()
                .build();

        assertThat(VolumeReclaimer.undeletable(provisioned)).isEmpty();
        assertThat(VolumeReclaimer.undeletable(free("b", "1Gi")))
                .contains("error getting deleter volume plugin for volume \"b\": no deletable volume plugin matched");
    }

    @Test
    void aLocalVolumeIsADirectoryOfItsNodeForItsClaim() {
        StorageClass type = new StorageClassBuilder()
                .withNewMetadata()
                .withName("local-path")
                .endMetadata()
                .withReclaimPolicy("Delete")
                .build();
        var volume = LocalPathProvisioner.volume(claim("1Gi").build(), type, NODE, "/data/pvc-uid-data");

        assertThat(volume.getMetadata().getName()).isEqualTo("pvc-uid-data");
        assertThat(volume.getSpec().getHostPath().getPath()).isEqualTo("/data/pvc-uid-data");
        assertThat(VolumeMatch.best(
                        claim("1Gi")
                                .editSpec()
                                .withStorageClassName("local-path")
                                .endSpec()
                                .build(),
                        List.of(volume),
                        true))
                .contains(volume);
    }

    @Test
    void theNewestDefaultClassIsTheDefault() {
        assertThat(StorageClaims.defaultClass(
                                List.of(type("old", "2025-01-01T00:00:00Z"), type("new", "2026-01-01T00:00:00Z")))
                        .map(Keys::of))
                .contains("new");
    }

    private static StorageClass type(String name, String created) {
        return new StorageClassBuilder()
                .withNewMetadata()
                .withName(name)
                .withCreationTimestamp(created)
                .addToAnnotations("storageclass.kubernetes.io/is-default-class", "true")
                .endMetadata()
                .build();
    }

    @Test
    void aClaimIsUsedByPodsThatHaveANode() {
        Pod pod = new PodBuilder(Samples.pod("a", "10.0.0.1").build())
                .editSpec()
                .addNewVolume()
                .withName("v")
                .withNewPersistentVolumeClaim("data", false)
                .endVolume()
                .endSpec()
                .build();
        Pod unscheduled =
                new PodBuilder(pod).editSpec().withNodeName(null).endSpec().build();

        assertThat(ClaimProtectionController.isUsed(claim("1Gi").build(), List.of(pod)))
                .isTrue();
        assertThat(ClaimProtectionController.isUsed(claim("1Gi").build(), List.of(unscheduled)))
                .isFalse();
    }

    @Test
    void aPodsOwnVolumeIsAClaimThatItOwns() {
        Pod pod = new PodBuilder(Samples.pod("a", "10.0.0.1").build())
                .editSpec()
                .addNewVolume()
                .withName("scratch")
                .withNewEphemeral()
                .withNewVolumeClaimTemplate()
                .withSpec(claim("1Gi").build().getSpec())
                .endVolumeClaimTemplate()
                .endEphemeral()
                .endVolume()
                .endSpec()
                .build();
        var made =
                EphemeralVolumeController.claim(pod, pod.getSpec().getVolumes().getFirst());

        assertThat(made.getMetadata().getName()).isEqualTo("a-scratch");
        assertThat(Keys.controllerKey(made, "Pod")).contains("default/a");
        assertThat(ClaimProtectionController.isUsed(made, List.of(pod))).isTrue();
    }
}
