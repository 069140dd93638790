package dev.longshore.runtime.linux;

import dev.longshore.runtime.Streams.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// The fifo by which a conmon takes orders.
///
/// @param directory the one that conmon calls its bundle
record ConmonControl(Path directory) {

    /// Gives the terminal another size.
    void resize(Size size) throws IOException {
        send("1 %d %d\n".formatted(size.rows(), size.columns()));
    }

    /// Opens the log file anew, after it was moved away.
    void reopenLog() throws IOException {
        send("2 0 0\n");
    }

    // Opened for both ways: for writing alone, it would block while no conmon reads.
    private void send(String order) throws IOException {
        try (var fifo = FileChannel.open(directory.resolve("ctl"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            fifo.write(ByteBuffer.wrap(order.getBytes(StandardCharsets.US_ASCII)));
        }
    }
}
