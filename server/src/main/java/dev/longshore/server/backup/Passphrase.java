package dev.longshore.server.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bouncycastle.crypto.generators.SCrypt;

/// What a backup is encrypted with. Never shown.
public final class Passphrase {

    private static final int KEY_BYTES = 32;
    private static final long LONGEST_FILE = 1 << 16;

    private final byte[] bytes;

    private Passphrase(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Of `text`.
    ///
    /// @throws IllegalArgumentException when it is empty
    public static Passphrase of(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the passphrase is empty");
        }
        return new Passphrase(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The first line of `file`.
    ///
    /// @throws IllegalArgumentException when it is empty, or the file no text
    /// @throws IOException when it cannot be read
    public static Passphrase read(Path file) throws IOException {
        if (Files.size(file) > LONGEST_FILE) {
            throw new IllegalArgumentException(file + " is too long for a passphrase");
        }
        String text = Files.readString(file);
        int end = text.indexOf('\n');
        return of((end < 0 ? text : text.substring(0, end)).replace("\r", ""));
    }

    /// The AES key for one file.
    byte[] key(Cost cost, byte[] salt) {
        return SCrypt.generate(bytes, salt, 1 << cost.logN, cost.r, cost.p, KEY_BYTES);
    }

    @Override
    public String toString() {
        return "a passphrase";
    }

    /// How hard guessing is: scrypt's parameters (RFC 7914).
    record Cost(int logN, int r, int p) {

        /// 32 MiB and about a third of a second: one of the choices that OWASP recommends.
        static final Cost USUAL = new Cost(15, 8, 3);

        private static final int MOST_LOG = 17;
        private static final int MOST_R = 16;
        private static final int MOST_P = 16;

        /// Whether a file from elsewhere may make us work so hard.
        boolean isBearable() {
            return logN >= 1 && logN <= MOST_LOG && r >= 1 && r <= MOST_R && p >= 1 && p <= MOST_P;
        }
    }
}
