package dev.longshore.server.backup;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// How an encrypted file looks: in pieces, each of them sealed with AES-256-GCM under a key that scrypt makes of
/// the passphrase and of the file's own salt, so that pieces are numbered from 0 without a number ever coming
/// twice. The last one is marked as such within what is sealed, so that nothing can be cut off unnoticed (the
/// construction STREAM of Hoang, Reyhanitabar, Rogaway and Vizár).
///
/// ```
///   preamble(24) logN(4) r(4) p(4) salt(16) crc(4)
///   proof(16) crc(4): nothing, sealed: tells a wrong passphrase from a damaged file
///   length(4) last(1) crc(4)  sealed bytes… tag(16)      pieces of up to 64 KiB
/// ```
final class Sealing {

    static final int SALT = 16;
    static final int TAG = 16;
    static final int HEADER = 3 * Integer.BYTES + SALT + Integer.BYTES;
    static final int PROOF_LENGTH = TAG + Integer.BYTES;
    static final int PIECE_HEAD = Integer.BYTES + 1 + Integer.BYTES;
    static final int PIECE = 64 << 10;

    private static final int NONCE = 12;
    private static final long PROOF = -1;

    private final SecretKeySpec key;
    private final byte[] header;
    private long number;

    /// @param header all that stands before the pieces; it is sealed with each of them
    Sealing(byte[] key, byte[] header) {
        this.key = new SecretKeySpec(key, "AES");
        this.header = header.clone();
    }

    byte[] proof() {
        return cipher(Cipher.ENCRYPT_MODE, nonce(PROOF, false), new byte[0]).orElseThrow();
    }

    boolean isProof(byte[] proof) {
        return cipher(Cipher.DECRYPT_MODE, nonce(PROOF, false), proof).isPresent();
    }

    /// Seals the next piece.
    byte[] seal(byte[] plain, boolean isLast) {
        return cipher(Cipher.ENCRYPT_MODE, nonce(number++, isLast), plain).orElseThrow();
    }

    /// Opens the next piece; empty if it is not what was sealed.
    Optional<byte[]> open(byte[] sealed, boolean isLast) {
        return cipher(Cipher.DECRYPT_MODE, nonce(number++, isLast), sealed);
    }

    private static byte[] nonce(long number, boolean isLast) {
        return ByteBuffer.allocate(NONCE)
                .putLong(number)
                .put((byte) (isLast ? 1 : 0))
                .array();
    }

    private Optional<byte[]> cipher(int mode, byte[] nonce, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG * Byte.SIZE, nonce));
            cipher.updateAAD(header);
            return Optional.of(cipher.doFinal(bytes));
        } catch (AEADBadTagException other) {
            return Optional.empty();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
