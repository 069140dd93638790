package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PatienceTest {

    @Test
    void aPodThatDoesNotTolerateOneTaintGoesAtOnce() {
        assertThat(Patience.of(List.of(toleration("a", null)), List.of(taint("a"), taint("b"))))
                .isEqualTo(new Patience.None());
        assertThat(Patience.of(List.of(), List.of(taint("a")))).isEqualTo(new Patience.None());
    }

    @Test
    void theShortestTolerationCounts() {
        assertThat(Patience.of(
                        List.of(toleration("a", 300L), toleration("b", 60L), toleration("c", null)),
                        List.of(taint("a"), taint("b"), taint("c"))))
                .isEqualTo(new Patience.For(Duration.ofSeconds(60)));
    }

    @Test
    void ofTolerationsOfOneTaintTheFirstCounts() {
        assertThat(Patience.of(List.of(toleration("a", null), toleration("a", 5L)), List.of(taint("a"))))
                .isEqualTo(new Patience.Endless());
    }

    @Test
    void noTimeIsNoPatience() {
        assertThat(Patience.of(List.of(toleration("a", 0L)), List.of(taint("a"))))
                .isEqualTo(new Patience.None());
        assertThat(Patience.of(List.of(toleration("a", -5L)), List.of(taint("a"))))
                .isEqualTo(new Patience.None());
    }

    @Test
    void withoutTaintsPatienceIsEndless() {
        assertThat(Patience.of(List.of(), List.of())).isEqualTo(new Patience.Endless());
    }

    private static Taint taint(String key) {
        return new TaintBuilder().withKey(key).withEffect("NoExecute").build();
    }

    private static Toleration toleration(String key, Long seconds) {
        return new TolerationBuilder()
                .withKey(key)
                .withOperator("Exists")
                .withTolerationSeconds(seconds)
                .build();
    }
}
