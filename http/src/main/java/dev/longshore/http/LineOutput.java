package dev.longshore.http;

import dev.longshore.base.BlockOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Hands on what is written to it line by line, without the line's end; blank lines are left out. For watches,
/// whose events are lines. One thread.
public final class LineOutput extends BlockOutput {

    private final Lines lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /// Takes lines.
    @FunctionalInterface
    public interface Lines {
        /// The next one; may block.
        void take(String line) throws IOException, InterruptedException;
    }

    /// To `lines`.
    public LineOutput(Lines lines) {
        this.lines = lines;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        int start = offset;
        for (int i = offset; i < offset + length; i++) {
            if (from[i] == '\n') {
                line.write(from, start, i - start);
                handOn();
                start = i + 1;
            }
        }
        line.write(from, start, offset + length - start);
    }

    private void handOn() throws IOException {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (text.isBlank()) {
            return;
        }
        try {
            lines.take(text);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", ended);
        }
    }
}
