package dev.longshore.store.grpc;

import com.google.protobuf.ByteString;
import dev.longshore.http.grpc.Conversation;
import dev.longshore.store.grpc.proto.SnapshotRequest;
import dev.longshore.store.grpc.proto.SnapshotResponse;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/// Sends what is written in messages, each of which says how much is left. For one thread, which an absent reader
/// holds up.
final class SnapshotPieces extends OutputStream {

    private static final int PIECE = 64 << 10;

    private final Conversation<SnapshotRequest, SnapshotResponse> to;
    private final byte[] piece = new byte[PIECE];
    private int filled;
    private long left;

    /// @param size of all that will be written
    SnapshotPieces(Conversation<SnapshotRequest, SnapshotResponse> to, long size) {
        this.to = to;
        this.left = size;
    }

    @Override
    public void write(int each) throws InterruptedIOException {
        write(new byte[] {(byte) each}, 0, 1);
    }

    @Override
    public void write(byte[] some, int from, int length) throws InterruptedIOException {
        int at = from;
        int end = from + length;
        while (at < end) {
            int taken = Math.min(end - at, PIECE - filled);
            System.arraycopy(some, at, piece, filled, taken);
            filled += taken;
            at += taken;
            if (filled == PIECE) {
                flush();
            }
        }
    }

    @Override
    public void flush() throws InterruptedIOException {
        if (filled == 0) {
            return;
        }
        left -= filled;
        try {
            to.send(SnapshotResponse.newBuilder()
                    .setRemainingBytes(left)
                    .setBlob(ByteString.copyFrom(piece, 0, filled))
                    .build());
        } catch (InterruptedException leaving) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the reader of a snapshot has left");
        }
        filled = 0;
    }
}
