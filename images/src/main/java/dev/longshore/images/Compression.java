package dev.longshore.images;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.longshore.images.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// What tar archives come wrapped in, told by their first bytes rather than by what somebody says.
public final class Compression {

    private static final int BUFFER = 64 << 10;
    private static final int LONGEST_MAGIC = 6;
    private static final int XZ_KIBIBYTES = 160 << 10;

    private Compression() {}

    /// The plain bytes behind gzip, zstd, xz, bzip2 or nothing; several compressed members one after the other
    /// are one.
    ///
    /// @throws ImageFaultException later, while one reads, when the compressed bytes are damaged, break off, are
    ///     followed by something else, or swell beyond belief; failures of `raw` itself stay what they are
    public static InputStream open(InputStream raw) throws IOException {
        return open(raw, Inflation.Limit.USUAL);
    }

    static InputStream open(InputStream raw, Inflation.Limit limit) throws IOException {
        var source = new Inflation.Source(raw);
        var in = new BufferedInputStream(source, BUFFER);
        in.mark(LONGEST_MAGIC);
        byte[] magic = in.readNBytes(LONGEST_MAGIC);
        in.reset();
        Optional<Wrapping> wrapping = wrapping(magic);
        if (wrapping.isEmpty()) {
            return in;
        }
        return new BufferedInputStream(
                new Inflation(source, limit, () -> wrapping.get().open(in)), BUFFER);
    }

    /// True if `file` is a tar archive, behind any of these: if its first header's sum is right.
    public static boolean isTar(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                InputStream in = open(raw)) {
            return new TarReader(in).next().isPresent();
        } catch (IOException | ImageFaultException otherwise) {
            return false;
        }
    }

    /// How the layer that begins with `magic` is compressed, as its media type spells it: `+gzip`, `+zstd`, or
    /// nothing.
    static String mediaTypeSuffix(byte[] magic) {
        return wrapping(magic)
                .map(found -> found == Wrapping.GZIP ? "+gzip" : found == Wrapping.ZSTD ? "+zstd" : "")
                .orElse("");
    }

    /// Wraps in gzip: quickly rather than tightly, for layers are read on the same machine most of the time. Closing
    /// leaves `out` open.
    static OutputStream gzip(OutputStream out) throws IOException {
        return gzip(out, java.util.zip.Deflater.BEST_SPEED);
    }

    static OutputStream gzip(OutputStream out, int level) throws IOException {
        return new BlockGzip(out, level);
    }

    /// Wraps in zstd, at its usual level without one.
    static OutputStream zstd(OutputStream out, OptionalInt level) throws IOException {
        return level.isEmpty() ? new ZstdOutputStream(out) : new ZstdOutputStream(out, level.getAsInt());
    }

    private static Optional<Wrapping> wrapping(byte[] magic) {
        for (Wrapping wrapping : Wrapping.values()) {
            if (startsWith(magic, wrapping.magic)) {
                return Optional.of(wrapping);
            }
        }
        return Optional.empty();
    }

    private static boolean startsWith(byte[] bytes, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (bytes.length <= i || (bytes[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private enum Wrapping {
        GZIP(0x1f, 0x8b) {
            @Override
            InputStream open(InputStream in) throws IOException {
                // The JDK's own reader loses later members when a network stream has nothing buffered.
                return GzipCompressorInputStream.builder()
                        .setInputStream(in)
                        .setDecompressConcatenated(true)
                        .setBufferSize(BUFFER)
                        .get();
            }
        },
        ZSTD(0x28, 0xb5, 0x2f, 0xfd) {
            @Override
            InputStream open(InputStream in) throws IOException {
                return new ZstdInputStream(in);
            }
        },
        XZ(0xfd, '7', 'z', 'X', 'Z', 0) {
            @Override
            InputStream open(InputStream in) throws IOException {
                return new XZInputStream(in, XZ_KIBIBYTES);
            }
        },
        BZIP2('B', 'Z', 'h') {
            @Override
            InputStream open(InputStream in) throws IOException {
                return new BZip2CompressorInputStream(in, true);
            }
        };

        private final int[] magic;

        Wrapping(int... magic) {
            this.magic = magic;
        }

        abstract InputStream open(InputStream in) throws IOException;
    }
}
