package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Layers that others can read in parts (eStargz, zstd:chunked) are plain ones to us.
class SeekableLayersTest {

    private static final byte[] FIRST = "one file".getBytes(StandardCharsets.UTF_8);
    private static final byte[] SECOND = " and another".getBytes(StandardCharsets.UTF_8);
    private static final String WHOLE = "one file and another";

    @Test
    void framesOfZstdAreOneStreamAndThoseToBeSkippedAreSkipped() throws IOException {
        var layer = new ByteArrayOutputStream();
        layer.write(Zstd.compress(FIRST));
        layer.write(skippable("{\"manifest\":\"of the parts\"}".getBytes(StandardCharsets.UTF_8)));
        layer.write(Zstd.compress(SECOND));
        layer.write(skippable(new byte[40]));

        assertThat(read(layer)).isEqualTo(WHOLE);
    }

    @Test
    void membersOfGzipAreOneStreamAlsoWithAFooterThatHoldsNothing() throws IOException {
        var layer = new ByteArrayOutputStream();
        layer.write(gzip(FIRST));
        layer.write(gzip(SECOND));
        layer.write(gzip(new byte[0]));

        assertThat(read(layer)).isEqualTo(WHOLE);
    }

    private static String read(ByteArrayOutputStream layer) throws IOException {
        try (var plain = Compression.open(new ByteArrayInputStream(layer.toByteArray()))) {
            return new String(plain.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static byte[] skippable(byte[] content) {
        return ByteBuffer.allocate(8 + content.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0x184D2A50)
                .putInt(content.length)
                .put(content)
                .array();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }
}
