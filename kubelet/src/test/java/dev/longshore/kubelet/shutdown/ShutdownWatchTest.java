package dev.longshore.kubelet.shutdown;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.ManualTime;
import dev.longshore.kubelet.cluster.EventRecorder;
import dev.longshore.kubelet.node.ShutdownState;
import dev.longshore.kubelet.pods.FakeCluster;
import dev.longshore.kubelet.pods.FakeRuntime;
import dev.longshore.kubelet.pods.PodSettings;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.kubelet.probes.NodeActions;
import dev.longshore.kubelet.volumes.PodVolumes;
import dev.longshore.linux.dbus.LoginService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node without pods whose logind is played by the test.
class ShutdownWatchTest {

    @TempDir
    Path directory;

    private final ManualTime time = new ManualTime();
    private final FakeRuntime runtime = new FakeRuntime(time);
    private final FakeCluster cluster = new FakeCluster();
    private final ShutdownState state = new ShutdownState();
    private final Login login = new Login();
    private EventRecorder events;
    private ShutdownWatch watch;

    @BeforeEach
    void start() {
        events = new EventRecorder(cluster, time, "node-1");
        var workers = new PodWorkers(
                new PodSettings(
                        "node-1", directory, directory, List.of(), List.of(), "cluster.local", 1, "longshore", false),
                runtime,
                cluster,
                cluster,
                events,
                PodVolumes.NONE,
                new NodeActions(runtime.streams(), time),
                time,
                Map::of);
        var shutdown = new NodeShutdown(
                new GracePeriods(List.of(new GracePeriods.Step(0, Duration.ofSeconds(30)))),
                workers,
                state,
                events,
                () -> {},
                new ShutdownRecord(directory),
                time);
        watch = new ShutdownWatch(shutdown, login, new DelayOverride(directory.resolve("conf.d/delay.conf")), time);
    }

    @AfterEach
    void stop() {
        watch.close();
        events.close();
    }

    @Test
    void theLockIsHeldUntilThePodsHaveEndedAndTakenAgainWhenTheShutdownIsCalledOff() {
        watch.start();
        await().until(() -> login.held.get() == 1);

        login.news.add(Optional.of(true));
        await().until(() -> login.held.get() == 0);
        assertThat(state.isUnderWay()).isTrue();

        login.news.add(Optional.of(false));
        await().until(() -> login.held.get() == 1);
        assertThat(state.isUnderWay()).isFalse();
    }

    @Test
    void logindIsToldToWaitLongEnoughAndThatIsTakenBackAtTheEnd() throws IOException {
        login.delay = Duration.ofSeconds(5);
        login.afterReload = Duration.ofSeconds(30);
        Path file = directory.resolve("conf.d/delay.conf");

        watch.start();
        await().until(() -> login.held.get() == 1);

        assertThat(Files.readString(file)).endsWith("[Login]\nInhibitDelayMaxSec=30\n");
        watch.close();
        assertThat(file).doesNotExist();
        await().until(() -> login.held.get() == 0);
    }

    @Test
    void aBusThatGoesAwayIsLookedForAgain() {
        watch.start();
        await().until(() -> login.held.get() == 1);

        login.news.add(Optional.empty());
        await().until(() -> {
            time.advance(Duration.ofSeconds(1));
            return login.connections.get() == 2;
        });

        login.news.add(Optional.of(true));
        await().until(state::isUnderWay);
    }

    private static final class Login implements LoginService {
        final AtomicInteger connections = new AtomicInteger();
        final AtomicInteger held = new AtomicInteger();
        final BlockingQueue<Optional<Boolean>> news = new LinkedBlockingQueue<>();
        volatile Duration delay = Duration.ofMinutes(1);
        volatile Duration afterReload = Duration.ofMinutes(1);

        @Override
        public Session connect() {
            connections.incrementAndGet();
            return new Session() {
                @Override
                public Duration longestDelay() {
                    return delay;
                }

                @Override
                public void reload() {
                    delay = afterReload;
                }

                @Override
                public AutoCloseable delayShutdown(String who, String why) {
                    held.incrementAndGet();
                    return held::decrementAndGet;
                }

                @Override
                public Optional<Boolean> next() throws InterruptedException {
                    return news.take();
                }

                @Override
                public void close() {
                    // Nothing is open.
                }
            };
        }
    }
}
