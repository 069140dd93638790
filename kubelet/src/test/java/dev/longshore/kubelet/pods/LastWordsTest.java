package dev.longshore.kubelet.pods;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastWordsTest {

    private static LastWords of(int containers) {
        var all = new io.fabric8.kubernetes.api.model.Container[containers];
        for (int i = 0; i < containers; i++) {
            all[i] = WorkersFixture.container("c" + i);
        }
        return LastWords.of(WorkersFixture.pod("web", "Always", all).build());
    }

    @Test
    void aFewContainersMaySayAllThatTheyMayWrite() {
        assertThat(of(3).of("x".repeat(4096))).hasSize(4096);
    }

    @Test
    void manyShareTwelveKibibytes() {
        assertThat(of(6).of("x".repeat(4096))).hasSize(2048);
    }

    @Test
    void noCharacterIsCutInTwo() {
        assertThat(of(5).of("ä".repeat(2000))).isEqualTo("ä".repeat(1228));
        assertThat(of(5).of("x" + "ä".repeat(2000))).isEqualTo("x" + "ä".repeat(1228));
        assertThat(of(5).most()).isEqualTo(2457);
    }
}
