package dev.longshore.scheduler.plugins;

import static dev.longshore.scheduler.plugins.FixedVolumes.DRIVER;
import static dev.longshore.scheduler.plugins.FixedVolumes.LATER;
import static dev.longshore.scheduler.plugins.FixedVolumes.bound;
import static dev.longshore.scheduler.plugins.FixedVolumes.claim;
import static dev.longshore.scheduler.plugins.FixedVolumes.disks;
import static dev.longshore.scheduler.plugins.FixedVolumes.volume;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import dev.longshore.scheduler.volumes.VolumePlan;
import dev.longshore.scheduler.volumes.VolumePlanner;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TopologySelectorTermBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIDriverBuilder;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacityBuilder;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VolumeBindingTest {

    private static final NodeView HERE = Sample.node("a", "east");
    private static final NodeView THERE = Sample.node("b", "west");
    private static final Verdict NO_MATCH =
            Verdict.rejected("node(s) didn't find available persistent volumes to bind");

    private final FixedVolumes facts = new FixedVolumes();
    private final VolumeBinding rule = new VolumeBinding(facts);

    @Test
    void aPodGoesWhereItsBoundVolumeIs() {
        facts.with(bound("data", "disk"), volume("disk", 1, "a", same -> same));

        assertThat(filter(using("data"), HERE)).isEqualTo(Verdict.FITS);
        assertThat(filter(using("data"), THERE))
                .isEqualTo(Verdict.rejected("node(s) didn't match PersistentVolume's node affinity"));
    }

    @Test
    void aVolumeThatIsGoneIsNowhere() {
        facts.with(bound("data", "disk"));

        assertThat(filter(using("data"), HERE))
                .isEqualTo(
                        Verdict.rejected("node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)"));
    }

    @Test
    void whatIsWrongWithAClaimIsSaidBeforeAnyNodeIsLookedAt() {
        facts.with(
                claim(
                        "lost",
                        1,
                        claim -> claim.editSpec()
                                .withVolumeName("gone")
                                .endSpec()
                                .withNewStatus()
                                .withPhase("Lost")
                                .endStatus()),
                claim(
                        "going",
                        1,
                        claim -> claim.editMetadata()
                                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                                .endMetadata()),
                claim(
                        "open",
                        1,
                        claim -> claim.editSpec().withStorageClassName("other").endSpec()),
                claim("pod-own", 1, claim -> claim));

        assertThat(refusal(using("none"))).isEqualTo("persistentvolumeclaim \"none\" not found");
        assertThat(refusal(using("lost")))
                .isEqualTo("persistentvolumeclaim \"lost\" bound to non-existent persistentvolume \"gone\"");
        assertThat(refusal(using("going"))).isEqualTo("persistentvolumeclaim \"going\" is being deleted");
        assertThat(refusal(using("open"))).isEqualTo("pod has unbound immediate PersistentVolumeClaims");
        assertThat(refusal(owning("early")))
                .isEqualTo("waiting for ephemeral volume controller to create the persistentvolumeclaim"
                        + " \"pod-early\"");
        assertThat(refusal(owning("own")))
                .isEqualTo("PVC default/pod-own was not created for pod default/pod (pod is not owner)");
    }

    @Test
    void aClaimThatWaitsTakesTheSmallestVolumeThatTheNodeReaches() {
        facts.with(
                disks(LATER, "kubernetes.io/no-provisioner", same -> same),
                claim("data", 2, same -> same),
                volume("small", 1, "a", same -> same),
                volume("large", 9, "a", same -> same),
                volume("right", 3, "a", same -> same),
                volume("far", 2, "b", same -> same));

        assertThat(volumes(using("data"), HERE)).containsExactly("right");
        assertThat(volumes(using("data"), THERE)).containsExactly("far");
        assertThat(filter(using("data"), Sample.node("c", ""))).isEqualTo(NO_MATCH);
    }

    @Test
    void theSmallerOfTwoClaimsDoesNotTakeTheVolumeOfTheLarger() {
        facts.with(
                disks(LATER, "kubernetes.io/no-provisioner", same -> same),
                claim("large", 5, same -> same),
                claim("small", 1, same -> same),
                volume("one", 5, "a", same -> same),
                volume("other", 1, "a", same -> same));

        assertThat(volumes(using("large", "small"), HERE)).containsExactly("other", "one");
    }

    @Test
    void aVolumeThatIsPromisedElsewhereIsNotGiven() {
        facts.with(
                disks(LATER, "kubernetes.io/no-provisioner", same -> same),
                claim("data", 1, same -> same),
                volume(
                        "disk",
                        1,
                        "a",
                        disk -> disk.editSpec()
                                .withNewClaimRef()
                                .withNamespace("default")
                                .withName("other")
                                .endClaimRef()
                                .endSpec()));

        assertThat(filter(using("data"), HERE)).isEqualTo(NO_MATCH);
    }

    @Test
    void aClaimWhoseNodeIsChosenGoesThereOnly() {
        facts.with(
                disks(LATER, DRIVER, same -> same),
                claim(
                        "data",
                        1,
                        claim -> claim.editMetadata()
                                .addToAnnotations("volume.kubernetes.io/selected-node", "a")
                                .endMetadata()));

        assertThat(filter(using("data"), HERE)).isEqualTo(Verdict.FITS);
        assertThat(filter(using("data"), THERE)).isEqualTo(NO_MATCH);
    }

    @Test
    void volumesAreMadeOnlyWhereTheirClassAllows() {
        facts.with(
                claim("data", 1, same -> same),
                disks(
                        LATER,
                        DRIVER,
                        type -> type.withAllowedTopologies(new TopologySelectorTermBuilder()
                                .addNewMatchLabelExpression()
                                .withKey(Sample.ZONE)
                                .withValues("east")
                                .endMatchLabelExpression()
                                .build())));

        assertThat(filter(using("data"), HERE)).isEqualTo(Verdict.FITS);
        assertThat(filter(using("data"), THERE)).isEqualTo(NO_MATCH);
    }

    @Test
    void aDriverThatCountsItsSpaceMakesVolumesOnlyWhereThereIsSome() {
        facts.with(
                claim("data", 5, same -> same),
                disks(LATER, DRIVER, same -> same),
                new CSIDriverBuilder()
                        .withNewMetadata()
                        .withName(DRIVER)
                        .endMetadata()
                        .withNewSpec()
                        .withStorageCapacity(true)
                        .endSpec()
                        .build(),
                space("east", "9Gi"),
                space("west", "1Gi"));

        assertThat(filter(using("data"), HERE)).isEqualTo(Verdict.FITS);
        assertThat(filter(using("data"), THERE))
                .isEqualTo(Verdict.rejected("node(s) did not have enough free storage"));
    }

    private static io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity space(String zone, String most) {
        return new CSIStorageCapacityBuilder()
                .withNewMetadata()
                .withName(UUID.randomUUID().toString())
                .endMetadata()
                .withStorageClassName("disks")
                .withCapacity(new Quantity("99Gi"))
                .withMaximumVolumeSize(new Quantity(most))
                .withNewNodeTopology()
                .addToMatchLabels(Sample.ZONE, zone)
                .endNodeTopology()
                .build();
    }

    private Verdict filter(PodView pod, NodeView node) {
        return rule.filter(pod, node, new Snapshot(List.of(node)));
    }

    private String refusal(PodView pod) {
        return rule.refusal(pod, new Snapshot(List.of(HERE))).orElse("");
    }

    private List<String> volumes(PodView pod, NodeView node) {
        return ((VolumePlan.Possible) new VolumePlanner(facts).plan(pod, node))
                .bonds().stream()
                        .map(bond -> bond.volume().getMetadata().getName())
                        .toList();
    }

    static PodView using(String... claims) {
        return Sample.pod("pod", pod -> {
            for (String claim : claims) {
                pod.editSpec()
                        .addNewVolume()
                        .withName(claim)
                        .withNewPersistentVolumeClaim(claim, false)
                        .endVolume()
                        .endSpec();
            }
            return pod;
        });
    }

    private static PodView owning(String volume) {
        return Sample.pod(
                "pod",
                pod -> pod.editSpec()
                        .addNewVolume()
                        .withName(volume)
                        .withNewEphemeral()
                        .endEphemeral()
                        .endVolume()
                        .endSpec());
    }
}
