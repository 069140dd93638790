package dev.longshore.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockGzipTest {

    private static final int BLOCK = 256 << 10;

    @AfterEach
    void isNotInterrupted() {
        Thread.interrupted();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 20 * BLOCK + 7})
    void isGzipOfOneMember(int size) throws Exception {
        for (boolean isRandom : new boolean[] {false, true}) {
            byte[] plain = bytes(size, isRandom);
            byte[] packed = packed(plain, size);
            try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
                assertThat(in.readAllBytes()).isEqualTo(plain);
            }
            try (var in = Compression.open(new ByteArrayInputStream(packed))) {
                assertThat(in.readAllBytes()).isEqualTo(plain);
            }
        }
    }

    @Test
    void programsOfTheHostReadIt() throws Exception {
        byte[] plain = bytes(3 * BLOCK + 5, true);
        Process gzip = new ProcessBuilder("gzip", "-dc").start();
        Thread.ofVirtual().start(() -> {
            try (OutputStream in = gzip.getOutputStream()) {
                in.write(packed(plain, 7));
            } catch (IOException gone) {
                gzip.destroy();
            }
        });
        assertThat(gzip.getInputStream().readAllBytes()).isEqualTo(plain);
        assertThat(gzip.waitFor()).isZero();
    }

    @Test
    void bytesDoNotDependOnHowTheyAreWritten() throws Exception {
        byte[] plain = bytes(5 * BLOCK + 3, false);
        assertThat(packed(plain, 1 << 20)).isEqualTo(packed(plain, 999));
    }

    @Test
    void whoIsInterruptedStops() throws Exception {
        var gzip = new BlockGzip(OutputStream.nullOutputStream(), 1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        gzip.write(new byte[BLOCK]);
                    }
                })
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(gzip::close)).isNull();
    }

    private static byte[] packed(byte[] plain, int step) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new BlockGzip(packed, 1)) {
            for (int at = 0; at < plain.length; at += step) {
                gzip.write(plain, at, Math.min(step, plain.length - at));
            }
        }
        return packed.toByteArray();
    }

    private static byte[] bytes(int size, boolean isRandom) {
        byte[] bytes = new byte[size];
        if (isRandom) {
            new Random(size).nextBytes(bytes);
        } else {
            for (int i = 0; i < size; i++) {
                bytes[i] = (byte) (i / 100 % 50);
            }
        }
        return bytes;
    }
}
