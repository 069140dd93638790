package dev.longshore.kinds.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is expected was printed by the Go library that kube-apiserver uses.
class LineDiffTest {

    private static String between(String old, String now) {
        return LineDiff.between(List.of(old.split(" ")), List.of(now.split(" ")));
    }

    @Test
    void changesNearEachOtherAreShownTogether() {
        assertThat(between("a b c d e f g h i j k l m n", "a b x d e f g h i y k l m n o"))
                .isEqualTo("""
                @@ -1,14 +1,15 @@
                 a
                 b
                -c
                +x
                 d
                 e
                 f
                 g
                 h
                 i
                -j
                +y
                 k
                 l
                 m
                 n
                +o
                """);
    }

    @Test
    void onlyOneSideMayHaveLines() {
        assertThat(between("a", "b a c")).isEqualTo("""
                @@ -1 +1,3 @@
                +b
                 a
                +c
                """);
        assertThat(between("a b", "c")).isEqualTo("""
                @@ -1,2 +1 @@
                -a
                -b
                +c
                """);
        assertThat(between("a b", "a b")).isEmpty();
    }

    @Test
    void linesThatAreEverywhereDoNotCount() {
        var old = new ArrayList<String>();
        var now = new ArrayList<String>();
        for (int i = 0; i < 120; i++) {
            old.addAll(List.of("null", "old" + i % 60));
            now.addAll(List.of("null", (i % 7 == 0 ? "new" : "old") + i % 60));
        }
        List<String> lines = LineDiff.between(old, now).lines().toList();
        assertThat(lines).hasSize(322).startsWith("@@ -1,3 +1,123 @@", "+null", "+new0");
    }
}
