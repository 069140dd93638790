package dev.longshore.linux.dbus;

import dev.longshore.linux.HeldDescriptor;
import dev.longshore.linux.TestDescriptors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Plays logind's part on a bus: has its name, and answers the three calls that [Logind] makes.
final class StandInLogind implements AutoCloseable {

    private final DbusConnection connection;
    private final Thread thread;
    final List<List<Object>> calls = Collections.synchronizedList(new ArrayList<>());
    volatile Duration longestDelay = Duration.ofSeconds(5);
    private volatile Optional<TestDescriptors.Pipe> lock = Optional.empty();

    StandInLogind(Path bus) throws IOException, InterruptedException {
        connection = DbusConnection.connect(bus);
        for (String name : List.of("org.freedesktop.login1", "org.freedesktop.systemd1")) {
            connection
                    .call(
                            DbusConnection.BUS,
                            "/org/freedesktop/DBus",
                            DbusConnection.BUS + ".RequestName",
                            "su",
                            name,
                            4)
                    .close();
        }
        thread = Thread.ofPlatform().daemon().start(this::answer);
    }

    private void answer() {
        try {
            while (true) {
                Optional<DbusConnection.Delivery> call = connection.next();
                if (call.isEmpty()) {
                    return;
                }
                if (call.get().message().type() == DbusMessage.Type.METHOD_CALL) {
                    answer(call.get().message());
                }
            }
        } catch (IOException | InterruptedException over) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(DbusMessage call) throws IOException {
        String member = call.text(DbusMessage.Field.MEMBER);
        var all = new ArrayList<Object>(List.of(member));
        all.addAll(call.values());
        calls.add(all);
        switch (member) {
            case "Get" -> reply(call, "v", List.of(new DbusWriter.Variant('t', longestDelay.toNanos() / 1000)));
            case "Inhibit" -> {
                var pipe = TestDescriptors.pipe();
                lock = Optional.of(pipe);
                reply(call, "h", List.of(0), pipe.writing());
                pipe.writing().close();
            }
            case "KillUnit" -> reply(call, "", List.of());
            default ->
                connection.send(
                        DbusMessage.Type.ERROR,
                        Map.of(
                                DbusMessage.Field.DESTINATION, call.text(DbusMessage.Field.SENDER),
                                DbusMessage.Field.REPLY_SERIAL, call.serial(),
                                DbusMessage.Field.ERROR_NAME, "org.freedesktop.DBus.Error.UnknownMethod"),
                        "s",
                        List.of("no " + member),
                        Optional.empty());
        }
    }

    private void reply(DbusMessage call, String signature, List<Object> values, HeldDescriptor... passed)
            throws IOException {
        connection.send(
                DbusMessage.Type.METHOD_RETURN,
                Map.of(
                        DbusMessage.Field.DESTINATION, call.text(DbusMessage.Field.SENDER),
                        DbusMessage.Field.REPLY_SERIAL, call.serial()),
                signature,
                values,
                Optional.empty(),
                passed);
    }

    void prepareForShutdown(boolean isGoingDown) throws IOException {
        signal(connection, Map.of(), isGoingDown);
    }

    static void signal(DbusConnection from, Map<DbusMessage.Field, Object> more, boolean value) throws IOException {
        var fields = new HashMap<DbusMessage.Field, Object>(Map.of(
                DbusMessage.Field.PATH, "/org/freedesktop/login1",
                DbusMessage.Field.INTERFACE, "org.freedesktop.login1.Manager",
                DbusMessage.Field.MEMBER, "PrepareForShutdown"));
        fields.putAll(more);
        from.send(DbusMessage.Type.SIGNAL, fields, "b", List.of(value), Optional.empty());
    }

    /// Whether somebody still has the lock that was given out last.
    boolean isHeld() {
        return lock.map(pipe -> !pipe.isHungUp()).orElse(false);
    }

    @Override
    public void close() {
        connection.close();
        lock.ifPresent(TestDescriptors.Pipe::close);
        thread.interrupt();
    }
}
