package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClaimOwnersTest {

    private final Pod wanted = Samples.pod("db-0", "10.0.0.1").build();
    private final Pod tooMuch = Samples.pod("db-1", "10.0.0.1").build();

    @Test
    void aClaimThatIsKeptBelongsToNobody() {
        StatefulSet set = set("Retain", "Retain");

        assertThat(owners(set, wanted).areUpToDate()).isTrue();
        assertThat(owners(set, wanted, Keys.controlledBy(set)).areUpToDate()).isFalse();
        assertThat(owners(set, wanted, Keys.controlledBy(set)).wanted()).isEmpty();
    }

    @Test
    void aClaimThatGoesWithTheSetBelongsToIt() {
        StatefulSet set = set("Delete", "Retain");

        assertThat(owners(set, tooMuch).areUpToDate()).isFalse();
        assertThat(owners(set, tooMuch).wanted()).containsExactly(Keys.controlledBy(set));
        assertThat(owners(set, tooMuch, Keys.controlledBy(set)).areUpToDate()).isTrue();
    }

    @Test
    void aClaimThatGoesWithItsPodBelongsToThatOnceItIsTooMuch() {
        StatefulSet set = set("Retain", "Delete");

        assertThat(owners(set, wanted).areUpToDate()).isTrue();
        assertThat(owners(set, tooMuch).wanted()).containsExactly(Keys.controlledBy(tooMuch));
        assertThat(owners(set, wanted, Keys.controlledBy(wanted)).wanted())
                .as("the set grew again")
                .isEmpty();
    }

    @Test
    void aClaimThatGoesWithBothChangesHands() {
        StatefulSet set = set("Delete", "Delete");

        assertThat(owners(set, wanted).wanted()).containsExactly(Keys.controlledBy(set));
        assertThat(owners(set, tooMuch, Keys.controlledBy(set)).areUpToDate()).isFalse();
        assertThat(owners(set, tooMuch, Keys.controlledBy(set)).wanted()).containsExactly(Keys.controlledBy(tooMuch));
    }

    @Test
    void aClaimOfAnEarlierPodOfTheNameIsLeftToTheGarbageCollector() {
        OwnerReference earlier = new OwnerReferenceBuilder(Keys.controlledBy(wanted))
                .withUid("earlier")
                .build();

        ClaimOwners owners = owners(set("Retain", "Delete"), wanted, earlier);

        assertThat(owners.hasStale(wanted)).isTrue();
        assertThat(owners.areUpToDate()).isTrue();
    }

    @Test
    void aClaimThatSomebodyElseManagesIsLeftAlone() {
        OwnerReference other = new OwnerReferenceBuilder()
                .withApiVersion("example.com/v1")
                .withKind("Database")
                .withName("mine")
                .withUid("uid-mine")
                .withController(true)
                .build();
        StatefulSet set = set("Delete", "Retain");

        assertThat(owners(set, wanted, other).areManagedElsewhere()).isTrue();
        assertThat(owners(set, wanted, other).areUpToDate()).isTrue();
        assertThat(owners(set, wanted, other, Keys.controlledBy(set)).areUpToDate())
                .isFalse();
        assertThat(owners(set, wanted, other, Keys.controlledBy(set)).wanted()).containsExactly(other);
    }

    private static ClaimOwners owners(StatefulSet set, Pod pod, OwnerReference... references) {
        var claim = new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName("data-" + pod.getMetadata().getName())
                .withOwnerReferences(List.of(references))
                .endMetadata()
                .build();
        return new ClaimOwners(claim, set, pod);
    }

    private static StatefulSet set(String whenDeleted, String whenScaled) {
        return new StatefulSetBuilder()
                .withNewMetadata()
                .withName("db")
                .withUid("uid-db")
                .endMetadata()
                .withNewSpec()
                .withReplicas(1)
                .withNewPersistentVolumeClaimRetentionPolicy()
                .withWhenDeleted(whenDeleted)
                .withWhenScaled(whenScaled)
                .endPersistentVolumeClaimRetentionPolicy()
                .endSpec()
                .build();
    }
}
