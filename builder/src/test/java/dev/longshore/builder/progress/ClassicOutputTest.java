package dev.longshore.builder.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassicOutputTest {

    private static final StepName FIRST = new StepName(0, "a", 1, 3, "FROM a");
    private static final StepName SECOND = new StepName(1, "b", 2, 3, "FROM b");
    private static final StepName THIRD = new StepName(2, "c", 3, 3, "FROM c");

    private final StringBuilder said = new StringBuilder();
    private final ClassicOutput output = new ClassicOutput(said::append);

    @Test
    void stagesThatRunSideBySideAreShownOneAfterTheOther() {
        output.on(new BuildEvent.Planned(List.of(FIRST, SECOND, THIRD)));
        start(THIRD);
        start(SECOND);
        start(FIRST);
        log(SECOND, "two\n");
        log(FIRST, "one\n");
        end(SECOND, "222");
        assertThat(said).hasToString("Step 1/3 : FROM a\none\n");

        end(FIRST, "111");
        log(THIRD, "three\n");
        end(THIRD, "333");

        assertThat(said).hasToString("""
                Step 1/3 : FROM a
                one
                 ---> 111
                Step 2/3 : FROM b
                two
                 ---> 222
                Step 3/3 : FROM c
                three
                 ---> 333
                """);
    }

    @Test
    void whatAFailedStageSaidIsShownAtOnce() {
        output.on(new BuildEvent.Planned(List.of(FIRST, SECOND)));
        start(FIRST);
        start(SECOND);
        log(SECOND, "trouble\n");

        output.on(new BuildEvent.StepFailed(SECOND, Duration.ZERO, "exit 1"));

        assertThat(said).hasToString("Step 1/3 : FROM a\nStep 2/3 : FROM b\ntrouble\n");
    }

    @Test
    void whatWaitsIsBounded() {
        output.on(new BuildEvent.Planned(List.of(FIRST, SECOND)));
        start(FIRST);
        for (int i = 0; i < 3; i++) {
            log(SECOND, "x".repeat(ClassicOutput.LONGEST_WAIT));
        }
        log(SECOND, "last");
        end(FIRST, "111");

        assertThat(said)
                .endsWith("last")
                .hasSizeLessThan(ClassicOutput.LONGEST_WAIT + 200)
                .contains("[output clipped]");
    }

    private void start(StepName step) {
        output.on(new BuildEvent.StepStarted(step, Instant.EPOCH));
    }

    private void log(StepName step, String text) {
        output.on(new BuildEvent.Log(step, text));
    }

    private void end(StepName step, String id) {
        output.on(new BuildEvent.StepDone(step, Duration.ZERO, id));
        output.on(new BuildEvent.StageDone(step.stage()));
    }
}
