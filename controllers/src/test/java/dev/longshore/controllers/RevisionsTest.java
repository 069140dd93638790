package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RevisionsTest {

    private final Deployment deployment = new DeploymentBuilder()
            .withNewMetadata()
            .withAnnotations(Map.of(
                    "kubernetes.io/change-cause", "edit", "kubectl.kubernetes.io/last-applied-configuration", "{}"))
            .addToAnnotations(Revisions.REVISION, "3")
            .endMetadata()
            .build();

    @Test
    void aNewSetGetsTheDeploymentsAnnotationsButThoseOfTools() {
        assertThat(Revisions.fresh(deployment, 4, new RolloutPlan(3, 1, 0)))
                .isEqualTo(Map.of(
                        "kubernetes.io/change-cause",
                        "edit",
                        Revisions.REVISION,
                        "4",
                        Revisions.DESIRED,
                        "3",
                        Revisions.MOST,
                        "4"));
    }

    @Test
    void aTemplateThatComesBackRemembersItsFormerNumbersAndKeepsWhatElseItHad() {
        Map<String, String> renewed = Revisions.renewed(
                deployment, set(Map.of(Revisions.REVISION, "1", Revisions.HISTORY, "0", "other", "kept")), 4);

        assertThat(renewed)
                .containsEntry(Revisions.REVISION, "4")
                .containsEntry(Revisions.HISTORY, "0,1")
                .containsEntry("other", "kept")
                .containsEntry("kubernetes.io/change-cause", "edit")
                .doesNotContainKey(Revisions.DESIRED);
    }

    @Test
    void theNewestKeepsItsNumber() {
        assertThat(Revisions.renewed(deployment, set(Map.of(Revisions.REVISION, "4")), 4))
                .containsEntry(Revisions.REVISION, "4")
                .doesNotContainKey(Revisions.HISTORY);
    }

    @Test
    void aHistoryThatGetsTooLongLosesItsOldest() {
        String history = "1,".repeat(998) + "1234";
        String renewed = Revisions.renewed(
                        deployment, set(Map.of(Revisions.REVISION, "77", Revisions.HISTORY, history)), 78)
                .get(Revisions.HISTORY);

        assertThat(renewed).endsWith(",1234,77").hasSizeLessThanOrEqualTo(2000);
    }

    @Test
    void anUndoGoesBackToTheNumberBeforeTheLast() {
        assertThat(Revisions.last(List.of(
                        set(Map.of(Revisions.REVISION, "2")),
                        set(Map.of(Revisions.REVISION, "7")),
                        set(Map.of(Revisions.REVISION, "5")))))
                .isEqualTo(5);
        assertThat(Revisions.last(List.of(set(Map.of(Revisions.REVISION, "7")))))
                .isZero();
    }

    private static ReplicaSet set(Map<String, String> annotations) {
        return new ReplicaSetBuilder()
                .withNewMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .build();
    }
}
