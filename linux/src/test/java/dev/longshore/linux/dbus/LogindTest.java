package dev.longshore.linux.dbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Over Debian's bus, with somebody on it who plays logind.
@Timeout(60)
class LogindTest {

    private static final Path DAEMON = Path.of("/usr/bin/dbus-daemon");

    @TempDir
    Path directory;

    private Path bus;
    private Process daemon;
    private StandInLogind logind;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        assumeThat(DAEMON).as("Debian's package dbus-daemon").exists();
        bus = directory.resolve("bus");
        Path config = Files.writeString(directory.resolve("bus.conf"), """
                <busconfig>
                  <type>system</type>
                  <listen>unix:path=%s</listen>
                  <auth>EXTERNAL</auth>
                  <policy context="default">
                    <allow send_destination="*"/>
                    <allow eavesdrop="false"/>
                    <allow own="*"/>
                  </policy>
                </busconfig>
                """.formatted(bus));
        daemon = new ProcessBuilder(DAEMON.toString(), "--config-file=" + config, "--nofork", "--print-address")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // It says so when it listens.
        assertThat(daemon.inputReader().readLine()).contains(bus.toString());
        logind = new StandInLogind(bus);
    }

    @AfterEach
    void stop() {
        if (logind != null) {
            logind.close();
        }
        if (daemon != null) {
            daemon.destroy();
        }
    }

    @Test
    void holdsAShutdownUpWhileTheLockIsHeld() throws Exception {
        try (var session = new Logind(bus).connect()) {
            AutoCloseable lock = session.delayShutdown("kubelet", "Kubelet needs time to handle node shutdown");

            assertThat(logind.isHeld()).isTrue();
            assertThat(logind.calls)
                    .contains(List.of(
                            "Inhibit", "shutdown", "kubelet", "Kubelet needs time to handle node shutdown", "delay"));
            lock.close();
            await().until(() -> !logind.isHeld());
        }
    }

    @Test
    void hearsThatTheMachineGoesDownAndThatItDoesNot() throws Exception {
        try (var session = new Logind(bus).connect()) {
            logind.prepareForShutdown(true);
            assertThat(session.next()).contains(true);

            logind.prepareForShutdown(false);
            assertThat(session.next()).contains(false);
        }
    }

    @Test
    void believesNobodyButLogind() throws Exception {
        try (var session = new Logind(bus).connect();
                var stranger = DbusConnection.connect(bus)) {
            // The bus numbers its peers; one of these is the session.
            for (int peer = 0; peer < 6; peer++) {
                StandInLogind.signal(stranger, Map.of(DbusMessage.Field.DESTINATION, ":1." + peer), true);
            }
            stranger.call(DbusConnection.BUS, "/org/freedesktop/DBus", DbusConnection.BUS + ".GetId", "")
                    .close();

            logind.prepareForShutdown(false);

            // The first news that is believed is logind's.
            assertThat(session.next()).contains(false);
        }
    }

    @Test
    void asksForTheLongestDelayAndForAReload() throws Exception {
        logind.longestDelay = Duration.ofSeconds(30);
        try (var session = new Logind(bus).connect()) {
            assertThat(session.longestDelay()).isEqualTo(Duration.ofSeconds(30));

            session.reload();

            assertThat(logind.calls).contains(List.of("KillUnit", "systemd-logind.service", "all", 1));
        }
    }

    @Test
    void tellsWhenTheBusHasGone() throws Exception {
        try (var session = new Logind(bus).connect()) {
            daemon.destroy();

            assertThat(session.next()).isEmpty();
            assertThatThrownBy(session::longestDelay).isInstanceOfAny(DbusException.class, IOException.class);
        }
    }

    @Test
    void anErrorOfTheOtherSideIsAnException() throws Exception {
        try (var connection = DbusConnection.connect(bus)) {
            assertThatThrownBy(() -> connection.call(
                            "org.freedesktop.login1",
                            "/org/freedesktop/login1",
                            "org.freedesktop.login1.Manager.Dance",
                            ""))
                    .isInstanceOf(DbusException.class)
                    .hasMessage("org.freedesktop.login1.Manager.Dance: org.freedesktop.DBus.Error.UnknownMethod: no"
                            + " Dance");
        }
    }

    @Test
    void withoutABusThereIsNobody() {
        assertThatThrownBy(() -> new Logind(directory.resolve("none")).connect())
                .isInstanceOf(IOException.class);
    }
}
