package dev.longshore.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.YamlDuplicates.Duplicate;
import org.junit.jupiter.api.Test;

class YamlDuplicatesTest {

    @Test
    void aKeyThatStandsTwiceIsToldWithTheLineOfItsValue() {
        assertThat(YamlDuplicates.find("""
                a: 1
                b:
                  c: 1
                  d: [{e: 1, e: 2}]
                  c: 2
                a:
                  x: y
                """))
                .containsExactly(new Duplicate(4, "e"), new Duplicate(5, "c"), new Duplicate(7, "a"));
    }

    @Test
    void sameKeysOfDifferentMappingsAreNoDuplicates() {
        assertThat(YamlDuplicates.find("a: {b: 1}\nc: {b: 1}\nl: [{b: 1}, {b: 1}]\n"))
                .isEmpty();
        assertThat(YamlDuplicates.find("")).isEmpty();
        assertThat(YamlDuplicates.find("- a\n- b\n")).isEmpty();
    }

    @Test
    void onlyTheFirstDocumentCounts() {
        assertThat(YamlDuplicates.find("a: 1\n---\na: 1\na: 2\n")).isEmpty();
    }

    @Test
    void keysThatAreNoTextAndAliasesAreReadOver() {
        assertThat(YamlDuplicates.find("? [a, b]\n: &x 1\nc: *x\nd: *x\nc: *x\n"))
                .containsExactly(new Duplicate(5, "c"));
    }
}
