package dev.longshore.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class JobIndexesTest {

    @Test
    void writesRunsAsIntervals() {
        assertThat(JobIndexes.none().with(List.of(5, 0, 3, 4, 7))).hasToString("0,3-5,7");
        assertThat(JobIndexes.none().with(List.of(0, 1, 5, 6)))
                .as("two are no interval yet")
                .hasToString("0,1,5,6");
        assertThat(JobIndexes.none()).hasToString("");
    }

    @Test
    void leavesOutWhatLiesBeyondTheCompletions() {
        assertThat(JobIndexes.parse("0-9", 4)).hasToString("0-3");
        assertThat(JobIndexes.parse("7", 4)).hasToString("");
        assertThat(JobIndexes.parse("0,x,2", 4)).as("what is no number").hasToString("0,2");
        assertThat(JobIndexes.parse(null, 4)).hasToString("");
    }

    @Test
    void findsTheFirstThatAreMissing() {
        assertThat(JobIndexes.parse("0,2-3", 10).firstMissing(3, 6)).containsExactly(1, 4, 5);
        assertThat(JobIndexes.parse("0,2-3", 10).firstMissing(3, 5)).containsExactly(1, 4);
    }

    @Property(tries = 200)
    void whatIsWrittenReadsBack(@ForAll Set<@IntRange(max = 99) Integer> indexes) {
        JobIndexes written = JobIndexes.none().with(indexes);

        assertThat(JobIndexes.parse(written.toString(), 100)).isEqualTo(written);
        assertThat(written.size()).isEqualTo(indexes.size());
    }
}
