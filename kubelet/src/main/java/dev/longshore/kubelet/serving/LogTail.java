package dev.longshore.kubelet.serving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// Where the last lines of a file begin, found from its end.
final class LogTail {

    private static final int BLOCK = 64 << 10;

    private LogTail() {}

    /// Where the last `lines` lines begin.
    static long start(FileChannel channel, long lines) throws IOException {
        long end = channel.size();
        if (lines == 0) {
            return end;
        }
        long seen = 0;
        ByteBuffer buffer = ByteBuffer.allocate(BLOCK);
        for (long at = end; at > 0; ) {
            long from = Math.max(0, at - BLOCK);
            buffer.clear().limit(Math.toIntExact(at - from));
            channel.read(buffer, from);
            for (int i = buffer.position() - 1; i >= 0; i--) {
                // The newline at the very end closes the last line and begins none.
                if (buffer.get(i) == '\n' && from + i != end - 1 && ++seen == lines) {
                    return from + i + 1;
                }
            }
            at = from;
        }
        return 0;
    }
}
