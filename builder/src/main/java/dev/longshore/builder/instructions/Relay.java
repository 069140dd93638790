package dev.longshore.builder.instructions;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/// Passes a command's output on as text, cut only between characters. Both of its streams may write at once.
final class Relay extends OutputStream {

    private final Consumer<String> out;
    private byte[] rest = new byte[0];

    Relay(Consumer<String> out) {
        this.out = out;
    }

    @Override
    public void write(int octet) {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        byte[] all = java.util.Arrays.copyOf(rest, rest.length + length);
        System.arraycopy(bytes, offset, all, rest.length, length);
        int whole = whole(all);
        rest = java.util.Arrays.copyOfRange(all, whole, all.length);
        if (whole > 0) {
            out.accept(new String(all, 0, whole, StandardCharsets.UTF_8));
        }
    }

    @Override
    public synchronized void close() {
        if (rest.length > 0) {
            out.accept(new String(rest, StandardCharsets.UTF_8));
            rest = new byte[0];
        }
    }

    /// How many bytes there are before a character that has only begun.
    private static int whole(byte[] bytes) {
        int longest = Math.min(3, bytes.length);
        for (int back = 1; back <= longest; back++) {
            int octet = bytes[bytes.length - back] & 0xff;
            if (octet < 0x80) {
                return bytes.length;
            }
            if (octet >= 0xc0) {
                int needed = octet >= 0xf0 ? 4 : octet >= 0xe0 ? 3 : 2;
                return needed > back ? bytes.length - back : bytes.length;
            }
        }
        return bytes.length;
    }
}
