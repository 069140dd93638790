package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DetachmentsTest {

    private static final String VOLUME = "kubernetes.io/csi/d^v";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofMinutes(6));

    private final Detachments detachments = new Detachments();

    @Test
    void whatTheNodeDoesNotUseGoesAtOnce() {
        assertThat(isDue(node("True"), NOW)).isTrue();
        assertThat(isDue(Optional.empty(), NOW)).isTrue();
    }

    @Test
    void whatAReadyNodeUsesStaysHoweverLongItTakes() {
        assertThat(isDue(using("True"), NOW)).isFalse();
        assertThat(isDue(using("True"), LATER)).isFalse();
    }

    @Test
    void fromANodeThatIsNotReadyItIsTakenAfterSixMinutes() {
        assertThat(isDue(using("Unknown"), NOW)).isFalse();
        assertThat(isDue(using("Unknown"), LATER.minusMillis(1))).isFalse();
        assertThat(isDue(using("Unknown"), LATER)).isTrue();
    }

    @Test
    void theSixMinutesBeginAnewWhenAPodWantedItMeanwhile() {
        assertThat(isDue(using("Unknown"), NOW)).isFalse();

        detachments.forget("a");

        assertThat(isDue(using("Unknown"), LATER)).isFalse();
    }

    @Test
    void fromANodeOutOfServiceItIsTakenAtOnce() {
        Optional<Node> node = using("Unknown")
                .map(found -> new NodeBuilder(found)
                        .editOrNewSpec()
                        .addNewTaint()
                        .withKey("node.kubernetes.io/out-of-service")
                        .withEffect("NoExecute")
                        .endTaint()
                        .endSpec()
                        .build());

        assertThat(isDue(node, NOW)).isTrue();
    }

    private boolean isDue(Optional<Node> node, Instant now) {
        return detachments.isDue("a", VOLUME, node, now);
    }

    private static Optional<Node> node(String ready) {
        return Optional.of(new NodeBuilder()
                .withNewMetadata()
                .withName("n")
                .endMetadata()
                .withNewSpec()
                .endSpec()
                .withNewStatus()
                .addNewCondition()
                .withType("Ready")
                .withStatus(ready)
                .endCondition()
                .endStatus()
                .build());
    }

    private static Optional<Node> using(String ready) {
        return node(ready)
                .map(found -> new NodeBuilder(found)
                        .editStatus()
                        .addToVolumesInUse(VOLUME)
                        .endStatus()
                        .build());
    }
}
