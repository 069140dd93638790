package dev.longshore.base;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Writes DER (X.690), as keys and requests for certificates need it, and PEM around it (RFC 7468).
public final class Der {

    public static final int INTEGER = 0x02;
    public static final int BITS = 0x03;
    public static final int OCTETS = 0x04;
    public static final int SEQUENCE = 0x30;

    private static final int SHORT = 0x80;
    private static final int BYTE = 0xff;
    private static final int LINE = 64;

    private Der() {}

    /// A value of `parts`, one after the other.
    ///
    /// @throws IllegalArgumentException when there are 16 MiB of them or more
    public static byte[] value(int tag, byte[]... parts) {
        byte[] inside = joined(parts);
        if (inside.length >> 24 != 0) {
            throw new IllegalArgumentException("a value of " + inside.length + " bytes");
        }
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (inside.length < SHORT) {
            out.write(inside.length);
        } else {
            int bytes = inside.length <= BYTE ? 1 : inside.length >> 16 == 0 ? 2 : 3;
            out.write(SHORT | bytes);
            for (int shift = (bytes - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
                out.write(inside.length >> shift);
            }
        }
        out.writeBytes(inside);
        return out.toByteArray();
    }

    /// `parts`, one after the other.
    public static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /// One block of PEM, as `PRIVATE KEY`.
    public static String pem(String label, byte[] der) {
        String lines = Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + label + "-----\n" + lines + "\n-----END " + label + "-----\n";
    }
}
