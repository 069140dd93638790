package dev.longshore.server.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Encrypts what is written to it; complete once it is closed, which does not close what is below.
final class SealedOutput extends OutputStream {

    private final OutputStream out;
    private final Sealing sealing;
    private final byte[] piece = new byte[Sealing.PIECE];
    private int filled;
    private boolean closed;

    /// @param randomness of cryptographic strength
    SealedOutput(OutputStream out, Passphrase passphrase, Passphrase.Cost cost, RandomGenerator randomness)
            throws IOException {
        this.out = out;
        byte[] salt = new byte[Sealing.SALT];
        randomness.nextBytes(salt);
        var header = new ByteArrayOutputStream();
        header.writeBytes(Framing.preamble(Framing.SEALED));
        header.writeBytes(Framing.sealed(ByteBuffer.allocate(Sealing.HEADER)
                .putInt(cost.logN())
                .putInt(cost.r())
                .putInt(cost.p())
                .put(salt)));
        this.sealing = new Sealing(passphrase.key(cost, salt), header.toByteArray());
        out.write(header.toByteArray());
        out.write(Framing.sealed(ByteBuffer.allocate(Sealing.PROOF_LENGTH).put(sealing.proof())));
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (filled == piece.length) {
                emit(false);
            }
            int part = Math.min(length - done, piece.length - filled);
            System.arraycopy(bytes, from + done, piece, filled, part);
            filled += part;
            done += part;
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            emit(true);
            out.flush();
        }
    }

    private void emit(boolean isLast) throws IOException {
        byte[] sealed = sealing.seal(Arrays.copyOf(piece, filled), isLast);
        out.write(Framing.sealed(
                ByteBuffer.allocate(Sealing.PIECE_HEAD).putInt(sealed.length).put((byte) (isLast ? 1 : 0))));
        out.write(sealed);
        filled = 0;
    }
}
