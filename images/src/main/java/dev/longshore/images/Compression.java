package dev.longshore.images;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;

/// What tar archives come wrapped in, told by their first bytes rather than by what somebody says.
public final class Compression {

    private static final int BUFFER = 64 << 10;
    private static final int LONGEST_MAGIC = 4;
    private static final int TAR_HEADER = 512;

    private Compression() {}

    /// The plain bytes behind gzip, zstd, bzip2 or nothing.
    public static InputStream open(InputStream raw) throws IOException {
        var in = new BufferedInputStream(raw, BUFFER);
        in.mark(LONGEST_MAGIC);
        byte[] magic = in.readNBytes(LONGEST_MAGIC);
        in.reset();
        if (startsWith(magic, 0x1f, 0x8b)) {
            return new BufferedInputStream(new GZIPInputStream(in, BUFFER), BUFFER);
        }
        if (startsWith(magic, 0x28, 0xb5, 0x2f, 0xfd)) {
            return new BufferedInputStream(new ZstdInputStream(in), BUFFER);
        }
        if (startsWith(magic, 'B', 'Z', 'h')) {
            return new BufferedInputStream(new BZip2CompressorInputStream(in, true), BUFFER);
        }
        return in;
    }

    /// True if `file` is a tar archive, behind any of these: if its first header's sum is right.
    public static boolean isTar(Path file) throws IOException {
        byte[] head;
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = open(raw)) {
            head = in.readNBytes(TAR_HEADER);
        } catch (IOException notCompressedAfterAll) {
            return false;
        }
        return head.length == TAR_HEADER && TarUtils.verifyCheckSum(head);
    }

    /// Wraps in gzip: quickly rather than tightly, for layers are read on the same machine most of the time.
    static OutputStream gzip(OutputStream out) throws IOException {
        return new GZIPOutputStream(out, BUFFER) {
            {
                def.setLevel(java.util.zip.Deflater.BEST_SPEED);
            }
        };
    }

    private static boolean startsWith(byte[] bytes, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (bytes.length <= i || (bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
