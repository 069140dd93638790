package dev.longshore.linux.dbus;

import dev.longshore.linux.DescriptorSocket;
import dev.longshore.linux.HeldDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A connection to a message bus. One platform thread reads; calls block their caller, on any thread that may block,
/// for 25 seconds at most. Signals and calls that come in wait in a queue of 64; while it is full nothing is read.
final class DbusConnection implements AutoCloseable {

    static final String BUS = "org.freedesktop.DBus";

    private static final int LIMIT_SECONDS = 25;
    private static final int LONGEST_LINE = 4096;
    private static final int QUEUE = 64;
    private static final int MOST_DESCRIPTORS = 16;

    private final DescriptorSocket socket;
    private final Map<Integer, CompletableFuture<Delivery>> waiting = new ConcurrentHashMap<>();
    private final BlockingQueue<Optional<Delivery>> incoming = new ArrayBlockingQueue<>(QUEUE);
    private final Deque<HeldDescriptor> descriptors = new ArrayDeque<>();
    private final Thread reader;
    private byte[] unread = new byte[0];
    private int serial;

    private DbusConnection(DescriptorSocket socket) {
        this.socket = socket;
        this.reader = Thread.ofPlatform().daemon().name("dbus").unstarted(this::read);
    }

    /// A message with the descriptors that came with it.
    record Delivery(DbusMessage message, List<HeldDescriptor> descriptors) {
        Delivery {
            descriptors = List.copyOf(descriptors);
        }

        void close() {
            descriptors.forEach(HeldDescriptor::close);
        }
    }

    /// Connects to the bus whose socket is at `path`. Blocks in native code: on platform threads only.
    ///
    /// @throws IOException when nothing listens there, or it does not let us in
    static DbusConnection connect(Path path) throws IOException, InterruptedException {
        var connection = new DbusConnection(DescriptorSocket.connect(path));
        try {
            connection.authenticate();
            connection.reader.start();
            connection.call(BUS, "/org/freedesktop/DBus", BUS + ".Hello", "").close();
            return connection;
        } catch (IOException | RuntimeException | InterruptedException failure) {
            connection.close();
            throw failure;
        }
    }

    private void authenticate() throws IOException {
        Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        String name = HexFormat.of().formatHex(String.valueOf(uid).getBytes(StandardCharsets.US_ASCII));
        String answer = said("\0AUTH EXTERNAL " + name);
        if (!answer.startsWith("OK ")) {
            throw new IOException("the bus refuses: " + answer);
        }
        answer = said("NEGOTIATE_UNIX_FD");
        if (!answer.startsWith("AGREE_UNIX_FD")) {
            throw new IOException("the bus passes no descriptors: " + answer);
        }
        socket.send("BEGIN\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private String said(String line) throws IOException {
        socket.send((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        var answer = new ByteArrayOutputStream();
        while (answer.size() < LONGEST_LINE) {
            // Nothing follows the line before we have answered it.
            answer.writeBytes(socket.receive()
                    .orElseThrow(() -> new IOException("the bus has hung up"))
                    .bytes());
            String text = answer.toString(StandardCharsets.US_ASCII);
            if (text.endsWith("\r\n")) {
                return text.strip();
            }
        }
        throw new IOException("the bus talks too much");
    }

    /// Calls `method`, as `org.freedesktop.DBus.Hello`, and waits for its answer, whose descriptors the caller closes.
    ///
    /// @param signature of the arguments, which are plain
    /// @throws DbusException when the answer is an error, or does not come
    Delivery call(String destination, String path, String method, String signature, Object... arguments)
            throws IOException, InterruptedException {
        int dot = method.lastIndexOf('.');
        var fields = Map.<DbusMessage.Field, Object>of(
                DbusMessage.Field.PATH,
                path,
                DbusMessage.Field.INTERFACE,
                method.substring(0, dot),
                DbusMessage.Field.MEMBER,
                method.substring(dot + 1),
                DbusMessage.Field.DESTINATION,
                destination);
        var answer = new CompletableFuture<Delivery>();
        int number = send(DbusMessage.Type.METHOD_CALL, fields, signature, List.of(arguments), Optional.of(answer));
        try {
            Delivery delivery = answer.get(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (delivery.message().type() == DbusMessage.Type.ERROR) {
                delivery.close();
                throw new DbusException("%s: %s: %s"
                        .formatted(
                                method,
                                delivery.message().text(DbusMessage.Field.ERROR_NAME),
                                delivery.message().first(String.class).orElse("")));
            }
            return delivery;
        } catch (TimeoutException late) {
            throw new DbusException(method + " is not answered", late);
        } catch (ExecutionException gone) {
            throw new DbusException(method + ": the bus has hung up", gone);
        } finally {
            waiting.remove(number);
        }
    }

    /// Sends a message of any type, with descriptors; returns its number.
    int send(
            DbusMessage.Type type,
            Map<DbusMessage.Field, Object> fields,
            String signature,
            List<Object> values,
            Optional<CompletableFuture<Delivery>> answer,
            HeldDescriptor... passed)
            throws IOException {
        var all = new HashMap<>(fields);
        if (passed.length > 0) {
            all.put(DbusMessage.Field.UNIX_FDS, passed.length);
        }
        // What is sent must be whole, and its number unique.
        synchronized (socket) {
            int number = ++serial;
            answer.ifPresent(future -> waiting.put(number, future));
            socket.send(new DbusMessage(type, number, all, signature, values).encoded(), passed);
            return number;
        }
    }

    /// The next signal or call that comes in; empty once the connection is over. Its descriptors are the caller's.
    Optional<Delivery> next() throws InterruptedException {
        Optional<Delivery> next = incoming.take();
        if (next.isEmpty()) {
            incoming.offer(next);
        }
        return next;
    }

    private void read() {
        try {
            while (true) {
                Optional<DescriptorSocket.Received> received = socket.receive();
                if (received.isEmpty()) {
                    return;
                }
                descriptors.addAll(received.get().descriptors());
                int before = unread.length;
                byte[] bytes = received.get().bytes();
                unread = Arrays.copyOf(unread, before + bytes.length);
                System.arraycopy(bytes, 0, unread, before, bytes.length);
                while (deliverOne()) {
                    // There may be several.
                }
                if (descriptors.size() > MOST_DESCRIPTORS) {
                    throw new DbusException("descriptors without messages");
                }
            }
        } catch (DbusException | InterruptedException broken) {
            // Whoever waits learns that it is over.
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private boolean deliverOne() throws InterruptedException {
        if (unread.length < DbusMessage.PREFIX) {
            return false;
        }
        int length = DbusMessage.length(ByteBuffer.wrap(unread));
        if (unread.length < length) {
            return false;
        }
        DbusMessage message = DbusMessage.decode(Arrays.copyOf(unread, length));
        unread = Arrays.copyOfRange(unread, length, unread.length);
        var own = new ArrayList<HeldDescriptor>();
        for (int i = 0; i < message.number(DbusMessage.Field.UNIX_FDS) && !descriptors.isEmpty(); i++) {
            own.add(descriptors.removeFirst());
        }
        var delivery = new Delivery(message, own);
        switch (message.type()) {
            case METHOD_RETURN, ERROR -> {
                CompletableFuture<Delivery> caller = waiting.remove(message.number(DbusMessage.Field.REPLY_SERIAL));
                if (caller == null || !caller.complete(delivery)) {
                    delivery.close();
                }
            }
            case METHOD_CALL, SIGNAL -> incoming.put(Optional.of(delivery));
        }
        return true;
    }

    private void end() {
        socket.close();
        descriptors.forEach(HeldDescriptor::close);
        waiting.values().forEach(caller -> caller.completeExceptionally(new IOException("the bus has hung up")));
        while (!incoming.offer(Optional.empty())) {
            // Who is behind has the end to learn first.
            Optional.ofNullable(incoming.poll()).flatMap(late -> late).ifPresent(Delivery::close);
        }
    }

    @Override
    public void close() {
        socket.close();
        reader.interrupt();
        if (reader.getState() == Thread.State.NEW) {
            end();
        }
    }
}
