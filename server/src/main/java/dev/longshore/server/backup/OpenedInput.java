package dev.longshore.server.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/// Decrypts what [SealedOutput] wrote; gives out nothing that was not sealed so. Does not close what is below.
final class OpenedInput extends PieceInput {

    private final InputStream in;
    private final Sealing sealing;
    private int count;
    private boolean last;

    /// @throws BackupException when the passphrase is another, or for what is wrong with the file
    OpenedInput(InputStream in, Passphrase passphrase) throws IOException {
        this.in = in;
        byte[] preamble = Framing.readPreamble(in, Framing.SEALED);
        byte[] header = Framing.read(in, Sealing.HEADER, "in its header");
        ByteBuffer read = Framing.requireSealed(header, "bytes of its header");
        var cost = new Passphrase.Cost(read.getInt(), read.getInt(), read.getInt());
        if (!cost.isBearable()) {
            throw new BackupException(new BackupFault.Altered("its key would take too much work"));
        }
        byte[] salt = new byte[Sealing.SALT];
        read.get(salt);
        byte[] both = Arrays.copyOf(preamble, preamble.length + header.length);
        System.arraycopy(header, 0, both, preamble.length, header.length);
        this.sealing = new Sealing(passphrase.key(cost, salt), both);
        byte[] proof = Framing.read(in, Sealing.PROOF_LENGTH, "in its header");
        Framing.requireSealed(proof, "bytes of its header");
        if (!sealing.isProof(Arrays.copyOf(proof, Sealing.TAG))) {
            throw new BackupException(new BackupFault.WrongPassphrase());
        }
    }

    @Override
    Optional<byte[]> next() throws IOException {
        if (last) {
            return Optional.empty();
        }
        String where = "in its piece " + count;
        ByteBuffer head = Framing.requireSealed(Framing.read(in, Sealing.PIECE_HEAD, where), "bytes of piece " + count);
        int length = head.getInt();
        last = head.get() == 1;
        if (length < Sealing.TAG || length > Sealing.PIECE + Sealing.TAG) {
            throw new BackupException(new BackupFault.Altered("piece " + count + " has an impossible length"));
        }
        byte[] sealed = Framing.read(in, length, where);
        byte[] piece = sealing.open(sealed, last)
                .orElseThrow(() ->
                        new BackupException(new BackupFault.Altered("piece " + count + " is not what was encrypted")));
        count++;
        if (last && in.read() >= 0) {
            throw new BackupException(new BackupFault.Altered("something stands behind its end"));
        }
        return Optional.of(piece);
    }
}
