package dev.longshore.kubelet.shutdown;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.linux.dbus.DbusException;
import dev.longshore.linux.dbus.LoginService;
import dev.longshore.linux.dbus.Logind;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has logind wait until the pods have ended, before the machine goes down: takes a lock that delays shutdowns, and
/// gives it back when a shutdown was announced and the pods have ended. Where logind would not wait long enough, its
/// configuration is amended. Without logind only [NodeShutdown#begin] itself is left to be called.
public final class ShutdownWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ShutdownWatch.class);
    private static final Duration RECONNECT = Duration.ofSeconds(1);
    private static final Duration FIRST_LOOK = Duration.ofMillis(100);
    private static final int LOOKS = 5;

    private final NodeShutdown shutdown;
    private final LoginService logins;
    private final DelayOverride override;
    private final Time time;
    private final Thread thread;
    private Optional<AutoCloseable> lock = Optional.empty();

    ShutdownWatch(NodeShutdown shutdown, LoginService logins, DelayOverride override, Time time) {
        this.shutdown = requireNonNull(shutdown, "shutdown");
        this.logins = requireNonNull(logins, "logins");
        this.override = requireNonNull(override, "override");
        this.time = requireNonNull(time, "time");
        // A platform thread, since it connects in native code.
        this.thread = Thread.ofPlatform().daemon().name("kubelet-shutdown").unstarted(this::run);
    }

    /// With the machine's own logind.
    public static ShutdownWatch of(NodeShutdown shutdown, LogindFiles logind, Time time) {
        return new ShutdownWatch(shutdown, new Logind(logind.bus()), new DelayOverride(logind.delay()), time);
    }

    /// Begins to listen, if there is anything to do when the machine goes down; returns at once.
    public void start() {
        if (shutdown.isConfigured()) {
            thread.start();
        }
    }

    private void run() {
        boolean wasThere = false;
        try {
            while (true) {
                try (var session = logins.connect()) {
                    prepare(session);
                    wasThere = true;
                    listen(session);
                } catch (IOException | DbusException failure) {
                    if (!wasThere) {
                        log.info(
                                "logind does not tell of shutdowns here ({}); SIGPWR to this process does",
                                failure.getMessage());
                        return;
                    }
                    log.debug("logind is away; it is looked for again", failure);
                }
                time.sleep(RECONNECT);
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } finally {
            letGo();
        }
    }

    private void prepare(LoginService.Session session) throws IOException, InterruptedException {
        Duration wanted = shutdown.longest();
        if (session.longestDelay().compareTo(wanted) < 0) {
            override.write(wanted);
            session.reload();
            Duration pause = FIRST_LOOK;
            for (int look = 1; session.longestDelay().compareTo(wanted) < 0; look++) {
                if (look == LOOKS) {
                    throw new IOException(
                            "its InhibitDelayMaxSec remains below shutdownGracePeriod, %d s, though %s says so"
                                    .formatted(wanted.toSeconds(), override.file()));
                }
                time.sleep(pause);
                pause = pause.multipliedBy(2);
            }
        }
        hold(session);
    }

    private void hold(LoginService.Session session) throws IOException, InterruptedException {
        AutoCloseable fresh = session.delayShutdown("kubelet", "Kubelet needs time to handle node shutdown");
        letGo();
        lock = Optional.of(fresh);
    }

    private void listen(LoginService.Session session) throws IOException, InterruptedException {
        Optional<Boolean> news = session.next();
        while (news.isPresent()) {
            if (news.get()) {
                try {
                    shutdown.begin();
                } finally {
                    letGo();
                }
            } else {
                shutdown.cancel();
                hold(session);
            }
            news = session.next();
        }
    }

    private void letGo() {
        lock.ifPresent(held -> {
            try {
                held.close();
            } catch (Exception failure) {
                log.warn("the lock that delays shutdowns could not be given back", failure);
            }
        });
        lock = Optional.empty();
    }

    @Override
    public void close() {
        thread.interrupt();
        override.remove();
    }
}
