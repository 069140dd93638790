package dev.longshore.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessesTest {

    @Test
    void aProcessIsKnownByPidAndStartTime() throws IOException {
        Process sleeper = new ProcessBuilder("sleep", "1000").start();
        var identity = Processes.identify((int) sleeper.pid()).orElseThrow();

        var recycled = new Processes.Identity(identity.pid(), identity.startTicks() + 1);
        assertThat(Processes.isAlive(recycled)).isFalse();
        assertThat(Processes.signal(recycled, 9)).isFalse();
        assertThat(Processes.isAlive(identity)).isTrue();

        assertThat(Processes.signal(identity, Processes.signalNumber("KILL"))).isTrue();
        await().until(() -> !Processes.isAlive(identity));
    }

    @Test
    void nobodyIsNeverSignalled() {
        assertThat(Processes.signal(new Processes.Identity(0, 0), 9)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"SIGTERM,15", "term,15", "9,9", "RTMIN+3,37", "SIGRTMAX,64", "USR1,10"})
    void signalsAreSpeltInManyWays(String name, int number) {
        assertThat(Processes.signalNumber(name)).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"SIGNOPE", "0", "65", "-9", "RTMINX"})
    void whatIsNoSignalIsRefused(String name) {
        assertThatThrownBy(() -> Processes.signalNumber(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(name);
    }
}
