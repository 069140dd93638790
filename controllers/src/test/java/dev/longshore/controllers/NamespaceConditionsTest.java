package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NamespaceCondition;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamespaceConditionsTest {

    private static final NamespaceContent NOTHING =
            new NamespaceContent(List.of(), List.of(), Map.of(), Map.of(), false);
    private static final String EARLY = "2026-01-01T00:00:00Z";
    private static final String LATE = "2026-01-01T00:00:09Z";

    @Test
    void whatRemainsIsCountedAndNamedInOrder() {
        var content = new NamespaceContent(
                List.of(),
                List.of(),
                Map.of("pods.", 2, "deployments.apps", 1),
                Map.of("b.io/x", 1, "a.io/y", 2),
                false);

        var said = NamespaceConditions.after(content, List.of(), EARLY);

        assertThat(said)
                .extracting(NamespaceConditionsTest::shown)
                .containsExactly(
                        "NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully"
                                + " discovered",
                        "NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types"
                                + " successfully parsed",
                        "NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be"
                                + " waiting on finalization",
                        "NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining:"
                                + " deployments.apps has 1 resource instances, pods. has 2 resource instances",
                        "NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has"
                                + " finalizers remaining: a.io/y in 2 resource instances, b.io/x in 1 resource instances");
    }

    @Test
    void failuresAreTold() {
        var content = new NamespaceContent(List.of("x.io/v1"), List.of("no", "also no"), Map.of(), Map.of(), false);

        assertThat(NamespaceConditions.after(content, List.of(), EARLY))
                .extracting(NamespaceConditionsTest::shown)
                .contains(
                        "NamespaceDeletionDiscoveryFailure True DiscoveryFailed: Discovery failed for some groups, 1"
                                + " failing: unable to retrieve the complete list of server APIs: x.io/v1: stale"
                                + " GroupVersion discovery: x.io/v1",
                        "NamespaceDeletionContentFailure True ContentDeletionFailed: Failed to delete all resource"
                                + " types, 2 remaining: also no, no");
        assertThat(content.isEmpty()).isFalse();
    }

    @Test
    void whilePodsAreWaitedForNothingIsSaidToRemain() {
        var content = new NamespaceContent(List.of(), List.of(), Map.of(), Map.of(), true);

        assertThat(content.isEmpty()).isFalse();
        assertThat(NamespaceConditions.after(content, List.of(), EARLY))
                .extracting(NamespaceConditionsTest::shown)
                .contains(
                        "NamespaceContentRemaining False ContentRemoved: All content successfully removed",
                        "NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers"
                                + " finished");
    }

    @Test
    void aConditionKeepsItsTimeWhileItsStatusStays() {
        var first = NamespaceConditions.after(NOTHING, List.of(), EARLY);
        var content = new NamespaceContent(List.of(), List.of(), Map.of("pods.", 1), Map.of(), false);

        var second = NamespaceConditions.after(content, first, LATE);

        assertThat(second.get(0).getLastTransitionTime()).isEqualTo(EARLY);
        assertThat(second.get(3).getLastTransitionTime()).isEqualTo(LATE);
        assertThat(NamespaceConditions.after(content, second, "2027-01-01T00:00:00Z"))
                .isEqualTo(second);
    }

    private static String shown(NamespaceCondition condition) {
        return condition.getType() + " " + condition.getStatus() + " " + condition.getReason() + ": "
                + condition.getMessage();
    }
}
