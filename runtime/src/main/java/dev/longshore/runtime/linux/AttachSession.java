package dev.longshore.runtime.linux;

import dev.longshore.linux.PacketSocket;
import dev.longshore.runtime.Streams.Resizes;
import dev.longshore.runtime.Streams.Size;
import dev.longshore.runtime.Streams.Stdio;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Speaks with a conmon: packets whose first byte says which stream come out of its attach socket, input goes
/// in, window sizes go to the `ctl` fifo beside it. The socket's two directions have platform threads, for they
/// block in native code.
///
/// @param directory where conmon has its `ctl`
record AttachSession(PacketSocket socket, Path directory) {

    private static final Logger log = LoggerFactory.getLogger(AttachSession.class);
    private static final int STDOUT = 2;
    private static final int STDERR = 3;
    private static final int BUFFER = 8 << 10;

    /// Pumps until the other side ends; returns false when `limit` was up before.
    boolean run(Stdio stdio, Resizes resizes, Duration limit) throws InterruptedException {
        Thread output = Thread.ofPlatform().daemon().name("attach-out").start(() -> receive(stdio));
        Optional<Thread> input = stdio.in()
                .map(in -> Thread.ofPlatform().daemon().name("attach-in").start(() -> send(in)));
        Thread sizes = Thread.ofVirtual().name("attach-resize").start(() -> resize(resizes));
        try {
            return output.join(limit);
        } finally {
            socket.close();
            sizes.interrupt();
            input.ifPresent(Thread::interrupt);
        }
    }

    private void receive(Stdio stdio) {
        try {
            for (var packet = socket.receive(); packet.isPresent(); packet = socket.receive()) {
                byte[] bytes = packet.get();
                Optional<OutputStream> to = bytes[0] == STDERR ? stdio.err() : stdio.out();
                if (to.isPresent() && (bytes[0] == STDOUT || bytes[0] == STDERR)) {
                    to.get().write(bytes, 1, bytes.length - 1);
                    to.get().flush();
                }
            }
        } catch (IOException gone) {
            log.debug("an attached caller has left: {}", gone.getMessage());
        }
    }

    private void send(InputStream in) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                socket.send(buffer, read);
            }
            socket.closeSending();
        } catch (IOException gone) {
            log.debug("an attached process takes no more input: {}", gone.getMessage());
        }
    }

    private void resize(Resizes resizes) {
        try {
            for (var size = resizes.next(); size.isPresent(); size = resizes.next()) {
                resize(size.get());
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        } catch (IOException gone) {
            log.debug("a terminal takes no size: {}", gone.getMessage());
        }
    }

    private void resize(Size size) throws IOException {
        String message = "1 %d %d\n".formatted(size.rows(), size.columns());
        Files.write(directory.resolve("ctl"), message.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
    }
}
