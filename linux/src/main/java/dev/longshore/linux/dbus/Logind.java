package dev.longshore.linux.dbus;

import dev.longshore.linux.HeldDescriptor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// systemd's logind over the system bus (org.freedesktop.login1(5), "Inhibitor Locks").
public final class Logind implements LoginService {

    /// Where the system bus usually is.
    public static final Path SYSTEM_BUS = Path.of("/run/dbus/system_bus_socket");

    private static final String SERVICE = "org.freedesktop.login1";
    private static final String OBJECT = "/org/freedesktop/login1";
    private static final String MANAGER = SERVICE + ".Manager";
    private static final String SIGNAL = "PrepareForShutdown";
    private static final String SYSTEMD = "org.freedesktop.systemd1";
    private static final int HANG_UP = 1;

    private final Path bus;

    /// @param bus the socket of the system bus
    public Logind(Path bus) {
        this.bus = bus;
    }

    @Override
    public Session connect() throws IOException, InterruptedException {
        DbusConnection connection = DbusConnection.connect(bus);
        try {
            String rule = "type='signal',sender='%s',interface='%s',member='%s',path='%s'"
                    .formatted(SERVICE, MANAGER, SIGNAL, OBJECT);
            connection
                    .call(DbusConnection.BUS, "/org/freedesktop/DBus", DbusConnection.BUS + ".AddMatch", "s", rule)
                    .close();
            return new BusSession(connection);
        } catch (IOException | RuntimeException | InterruptedException failure) {
            connection.close();
            throw failure;
        }
    }

    private record BusSession(DbusConnection connection) implements Session {

        @Override
        public Duration longestDelay() throws IOException, InterruptedException {
            var answer = connection.call(
                    SERVICE, OBJECT, "org.freedesktop.DBus.Properties.Get", "ss", MANAGER, "InhibitDelayMaxUSec");
            answer.close();
            return answer.message()
                    .first(Long.class)
                    .map(micros -> Duration.of(micros, ChronoUnit.MICROS))
                    .orElseThrow(() -> new DbusException("InhibitDelayMaxUSec is no time"));
        }

        @Override
        public void reload() throws IOException, InterruptedException {
            connection
                    .call(
                            SYSTEMD,
                            "/org/freedesktop/systemd1",
                            SYSTEMD + ".Manager.KillUnit",
                            "ssi",
                            "systemd-logind.service",
                            "all",
                            HANG_UP)
                    .close();
        }

        @Override
        public HeldDescriptor delayShutdown(String who, String why) throws IOException, InterruptedException {
            var answer = connection.call(SERVICE, OBJECT, MANAGER + ".Inhibit", "ssss", "shutdown", who, why, "delay");
            if (answer.descriptors().size() != 1) {
                answer.close();
                throw new DbusException("logind gave no lock");
            }
            return answer.descriptors().getFirst();
        }

        @Override
        public Optional<Boolean> next() throws InterruptedException {
            while (true) {
                Optional<DbusConnection.Delivery> delivery = connection.next();
                if (delivery.isEmpty()) {
                    return Optional.empty();
                }
                delivery.get().close();
                DbusMessage message = delivery.get().message();
                Optional<Boolean> news = message.first(Boolean.class);
                if (message.text(DbusMessage.Field.MEMBER).equals(SIGNAL)
                        && news.isPresent()
                        && isFromLogind(message)) {
                    return news;
                }
            }
        }

        /// A bus passes signals on that anybody addresses to us, whatever we have asked for.
        private boolean isFromLogind(DbusMessage message) throws InterruptedException {
            try {
                var answer = connection.call(
                        DbusConnection.BUS,
                        "/org/freedesktop/DBus",
                        DbusConnection.BUS + ".GetNameOwner",
                        "s",
                        SERVICE);
                answer.close();
                return answer.message()
                        .first(String.class)
                        .filter(message.text(DbusMessage.Field.SENDER)::equals)
                        .isPresent();
            } catch (IOException | DbusException unknown) {
                return false;
            }
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
