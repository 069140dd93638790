package dev.longshore.http;

import dev.longshore.base.BlockOutput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.Function;

/// Writes pieces into a channel and blocks while it is full. Used by one thread at a time.
final class ChannelOutput extends BlockOutput {

    private static final int PIECE = 16 * 1024;
    private static final int LARGEST = 64 * 1024;

    private final Channel channel;
    private final WriteGate gate;
    private final Function<ByteBuf, Object> framing;
    private final Runnable onClose;
    private final boolean isPrompt;
    private byte[] buffer = new byte[512];
    private int count;
    private boolean isClosed;

    /// @param framing makes the message that the channel's pipeline takes for some bytes
    /// @param isPrompt true to send each write at once, as sockets do, without waiting for a flush
    /// @param onClose runs once, after the last bytes are on their way
    ChannelOutput(
            Channel channel, WriteGate gate, Function<ByteBuf, Object> framing, boolean isPrompt, Runnable onClose) {
        this.channel = channel;
        this.gate = gate;
        this.framing = framing;
        this.isPrompt = isPrompt;
        this.onClose = onClose;
    }

    @Override
    public void write(byte[] source, int from, int length) throws IOException {
        if (isClosed) {
            throw new IOException("the stream is closed");
        }
        int offset = from;
        int left = length;
        while (left > 0) {
            if (count == 0 && left >= PIECE) {
                // A large block is copied once, not twice.
                int large = Math.min(left, LARGEST);
                send(Arrays.copyOfRange(source, offset, offset + large));
                offset += large;
                left -= large;
                continue;
            }
            ensureRoom(left);
            int step = Math.min(left, buffer.length - count);
            System.arraycopy(source, offset, buffer, count, step);
            count += step;
            offset += step;
            left -= step;
            if (count == PIECE) {
                flush();
            }
        }
        if (isPrompt) {
            flush();
        }
    }

    @Override
    public void flush() throws IOException {
        if (!channel.isActive()) {
            throw new IOException("the peer is gone");
        }
        if (count > 0) {
            byte[] piece = Arrays.copyOf(buffer, count);
            count = 0;
            send(piece);
        }
    }

    private void send(byte[] piece) throws IOException {
        if (!channel.isActive()) {
            throw new IOException("the peer is gone");
        }
        gate.awaitWritable(channel);
        channel.writeAndFlush(framing.apply(Unpooled.wrappedBuffer(piece)));
    }

    @Override
    public void close() throws IOException {
        if (!isClosed) {
            try {
                flush();
            } finally {
                isClosed = true;
                onClose.run();
            }
        }
    }

    private void ensureRoom(int more) {
        if (buffer.length < PIECE && buffer.length - count < more) {
            buffer = Arrays.copyOf(buffer, Math.min(PIECE, Math.max(buffer.length * 2, count + more)));
        }
    }
}
