package dev.longshore.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordInputTest {

    private int reads;

    @Test
    void knowsWhetherAWholeRecordIsHere() throws IOException {
        byte[] wire = joined(record(300), record(0), Arrays.copyOf(record(500), 400));
        var input = new RecordInput(counting(wire));
        assertThat(input.holdsRecord()).isFalse();

        input.readNBytes(305);
        assertThat(input.holdsRecord()).isTrue();
        input.readNBytes(5);

        assertThat(input.holdsRecord()).isFalse();
        assertThat(input.readNBytes(500)).hasSize(400);
        assertThat(input.holdsRecord()).isFalse();
        assertThat(input.read(new byte[1], 0, 1)).isNegative();
    }

    @Test
    void readsManyRecordsAtOnce() throws IOException {
        byte[] wire = new byte[1_000_000];
        new Random(5).nextBytes(wire);
        var input = new RecordInput(counting(wire));
        var read = new ByteArrayOutputStream();

        for (byte[] head = input.readNBytes(5); head.length > 0; head = input.readNBytes(5)) {
            read.write(head);
            read.write(input.readNBytes(16_406));
        }

        assertThat(read.toByteArray()).isEqualTo(wire);
        assertThat(reads).isLessThan(20);
    }

    private InputStream counting(byte[] wire) {
        return new ByteArrayInputStream(wire) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                reads++;
                return super.read(into, offset, length);
            }
        };
    }

    private static byte[] record(int length) {
        byte[] record = new byte[5 + length];
        record[0] = 23;
        record[1] = 3;
        record[2] = 3;
        record[3] = (byte) (length >> 8);
        record[4] = (byte) length;
        return record;
    }

    private static byte[] joined(byte[]... parts) throws IOException {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.write(part);
        }
        return all.toByteArray();
    }
}
