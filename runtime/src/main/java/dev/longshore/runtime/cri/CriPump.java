package dev.longshore.runtime.cri;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Moves the bytes of one conversation, each stream on a thread of its own.
final class CriPump implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(CriPump.class);
    private static final int PIECE = 16 << 10;

    private final List<Thread> awaited = new ArrayList<>();
    private final List<Thread> aside = new ArrayList<>();

    /// Runs `flow`, whose end is waited for.
    void awaited(Flow flow) {
        awaited.add(start(flow));
    }

    /// Runs `flow`, which ends with the conversation at the latest.
    void aside(Flow flow) {
        aside.add(start(flow));
    }

    void await() throws InterruptedException {
        for (Thread thread : awaited) {
            thread.join();
        }
    }

    @Override
    public void close() {
        awaited.forEach(Thread::interrupt);
        aside.forEach(Thread::interrupt);
    }

    /// From the caller, to its end, which the other side is told.
    static void send(InputStream from, OutputStream to) {
        try (to) {
            receive(from, to);
        } catch (IOException gone) {
            log.debug("a stream broke off", gone);
        }
    }

    /// Each piece leaves at once: there is somebody waiting for it.
    static void receive(InputStream from, OutputStream to) throws IOException {
        byte[] piece = new byte[PIECE];
        for (int count = from.read(piece); count >= 0; count = from.read(piece)) {
            to.write(piece, 0, count);
            to.flush();
        }
    }

    private static Thread start(Flow flow) {
        return Thread.ofVirtual().name("cri-stream").start(() -> {
            try {
                flow.run();
            } catch (IOException gone) {
                log.debug("a stream broke off", gone);
            }
        });
    }

    /// Bytes on their way.
    @FunctionalInterface
    interface Flow {
        void run() throws IOException;
    }
}
