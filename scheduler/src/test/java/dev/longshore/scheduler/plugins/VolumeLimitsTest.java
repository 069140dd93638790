package dev.longshore.scheduler.plugins;

import static dev.longshore.scheduler.plugins.FixedVolumes.DRIVER;
import static dev.longshore.scheduler.plugins.FixedVolumes.bound;
import static dev.longshore.scheduler.plugins.FixedVolumes.claim;
import static dev.longshore.scheduler.plugins.FixedVolumes.disks;
import static dev.longshore.scheduler.plugins.FixedVolumes.volume;
import static dev.longshore.scheduler.plugins.VolumeBindingTest.using;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.scheduler.framework.Filter;
import dev.longshore.scheduler.framework.NodeView;
import dev.longshore.scheduler.framework.PodView;
import dev.longshore.scheduler.framework.Snapshot;
import dev.longshore.scheduler.framework.Verdict;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.storage.CSINodeBuilder;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachmentBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What volumes forbid beyond their place: sharing, zones, too many on one node.
class VolumeLimitsTest {

    private final FixedVolumes facts = new FixedVolumes();

    @Test
    void aVolumeForOnePodIsRefusedToASecondOnEveryNode() {
        facts.with(claim(
                "data",
                1,
                claim -> claim.editSpec().withAccessModes("ReadWriteOncePod").endSpec()));
        NodeView busy = Sample.node("a", "", using("data"));
        NodeView free = Sample.node("b", "");
        var cluster = new Snapshot(List.of(busy, free));
        Filter rule = new VolumeRestrictions(facts);

        assertThat(rule.filter(using("data"), free, cluster))
                .isEqualTo(
                        Verdict.crowded("node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access"
                                + " mode already in-use by another pod"));
        assertThat(rule.filter(using("data"), free, new Snapshot(List.of(free))))
                .isEqualTo(Verdict.FITS);
    }

    @Test
    void aClaimThatIsMissingIsSaidBeforeAnyNodeIsLookedAt() {
        assertThat(new VolumeRestrictions(facts).refusal(using("none"), new Snapshot(List.of())))
                .contains("persistentvolumeclaim \"none\" not found");
    }

    @Test
    void aDiskIsSharedOnANodeByReadersOnly() {
        Filter rule = new VolumeRestrictions(facts);
        NodeView reading = Sample.node("a", "", disk("one", true));

        assertThat(rule.filter(disk("one", true), reading, new Snapshot(List.of(reading))))
                .isEqualTo(Verdict.FITS);
        assertThat(rule.filter(disk("one", false), reading, new Snapshot(List.of(reading))))
                .isEqualTo(Verdict.crowded("node(s) had no available disk"));
        assertThat(rule.filter(disk("other", false), reading, new Snapshot(List.of(reading))))
                .isEqualTo(Verdict.FITS);
    }

    @Test
    void aVolumeLabelledWithZonesKeepsItsPodThere() {
        facts.with(bound("data", "disk"), zoned("topology.kubernetes.io/zone"));
        Filter rule = new VolumeZone(facts);

        assertThat(filter(rule, Sample.node("a", "east"))).isEqualTo(Verdict.FITS);
        assertThat(filter(rule, Sample.node("a", "north"))).isEqualTo(Verdict.FITS);
        assertThat(filter(rule, Sample.node("a", ""))).isEqualTo(Verdict.FITS);
        assertThat(filter(rule, Sample.node("a", "west")))
                .isEqualTo(Verdict.rejected("node(s) had no available volume zone"));
    }

    @Test
    void anOldZoneLabelOfAVolumeMeansTheNewOneOfANode() {
        facts.with(bound("data", "disk"), zoned("failure-domain.beta.kubernetes.io/zone"));

        assertThat(filter(new VolumeZone(facts), Sample.node("a", "east"))).isEqualTo(Verdict.FITS);
        assertThat(filter(new VolumeZone(facts), Sample.node("a", "west"))).isNotEqualTo(Verdict.FITS);
    }

    @Test
    void aNodeGetsNoMoreVolumesOfADriverThanItCanAttach() {
        facts.with(
                limit(2),
                bound("one", "disk-one"),
                disk("disk-one"),
                bound("two", "disk-two"),
                disk("disk-two"),
                disks(FixedVolumes.LATER, DRIVER, same -> same),
                claim("new", 1, same -> same));
        Filter rule = new NodeVolumeLimits(facts);
        Verdict full = Verdict.crowded("node(s) exceed max volume count");

        assertThat(rule.filter(using("two"), Sample.node("a", "", using("one")), new Snapshot(List.of())))
                .isEqualTo(Verdict.FITS);
        assertThat(rule.filter(using("new"), Sample.node("a", "", using("one", "two")), new Snapshot(List.of())))
                .isEqualTo(full);
        assertThat(rule.filter(using("two"), Sample.node("a", "", using("one", "two")), new Snapshot(List.of())))
                .isEqualTo(Verdict.FITS);
        assertThat(rule.filter(using("new"), Sample.node("b", "", using("one", "two")), new Snapshot(List.of())))
                .isEqualTo(Verdict.FITS);
    }

    @Test
    void whatIsStillAttachedCountsAsWell() {
        facts.with(
                limit(1),
                bound("one", "disk-one"),
                disk("disk-one"),
                disk("left"),
                new VolumeAttachmentBuilder()
                        .withNewMetadata()
                        .withName("attached")
                        .endMetadata()
                        .withNewSpec()
                        .withAttacher(DRIVER)
                        .withNodeName("a")
                        .withNewSource()
                        .withPersistentVolumeName("left")
                        .endSource()
                        .endSpec()
                        .build());

        assertThat(new NodeVolumeLimits(facts).filter(using("one"), Sample.node("a", ""), new Snapshot(List.of())))
                .isEqualTo(Verdict.crowded("node(s) exceed max volume count"));
    }

    private static Verdict filter(Filter rule, NodeView node) {
        return rule.filter(using("data"), node, new Snapshot(List.of(node)));
    }

    private static PersistentVolume zoned(String label) {
        return volume(
                "disk",
                1,
                "",
                disk -> disk.editMetadata().addToLabels(label, "east__north").endMetadata());
    }

    private static PersistentVolume disk(String name) {
        return volume(
                name,
                1,
                "",
                disk -> disk.editSpec()
                        .withNewCsi()
                        .withDriver(DRIVER)
                        .withVolumeHandle(name)
                        .endCsi()
                        .endSpec());
    }

    private static io.fabric8.kubernetes.api.model.storage.CSINode limit(int count) {
        return new CSINodeBuilder()
                .withNewMetadata()
                .withName("a")
                .endMetadata()
                .withNewSpec()
                .addNewDriver()
                .withName(DRIVER)
                .withNewAllocatable(count)
                .endDriver()
                .endSpec()
                .build();
    }

    private static PodView disk(String name, boolean isReadOnly) {
        return Sample.pod(
                "pod",
                pod -> pod.editSpec()
                        .addNewVolume()
                        .withName("disk")
                        .withNewGcePersistentDisk("ext4", 1, name, isReadOnly)
                        .endVolume()
                        .endSpec());
    }
}
