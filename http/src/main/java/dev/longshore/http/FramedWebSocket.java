package dev.longshore.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// RFC 6455 framing over two streams, without extensions. The receiving thread answers pings and the closing
/// handshake; a lock lets many threads send whole frames. That lock is the one exception to holding none during
/// I/O: a frame that another one interrupts would break the protocol.
final class FramedWebSocket implements WebSocket {

    private static final int LIMIT = 16 * 1024 * 1024;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    private final DataInputStream in;
    private final OutputStream out;
    private final boolean isClient;
    private final Optional<String> subprotocol;
    private final SecureRandom random = new SecureRandom();
    private final ReentrantLock sending = new ReentrantLock();
    private boolean isCloseSent;

    /// @param isClient clients mask what they send, servers demand it
    FramedWebSocket(InputStream in, OutputStream out, boolean isClient, Optional<String> subprotocol) {
        this.in = new DataInputStream(new BufferedInputStream(in));
        this.out = out;
        this.isClient = isClient;
        this.subprotocol = subprotocol;
    }

    @Override
    public Optional<Message> receive() throws IOException {
        var whole = new ByteArrayOutputStream();
        int kind = CONTINUATION;
        while (true) {
            Frame frame = readFrame(LIMIT - whole.size());
            switch (frame.opcode) {
                case PING -> send(PONG, frame.payload);
                case PONG -> {}
                case CLOSE -> {
                    answerClose(frame.payload);
                    return Optional.empty();
                }
                case TEXT, BINARY, CONTINUATION -> {
                    if ((frame.opcode == CONTINUATION) == (kind == CONTINUATION)) {
                        throw broken(1002, "a fragment out of order");
                    }
                    kind = frame.opcode == CONTINUATION ? kind : frame.opcode;
                    whole.writeBytes(frame.payload);
                    if (frame.isFinal) {
                        return Optional.of(new Message(kind == TEXT, whole.toByteArray()));
                    }
                }
                default -> throw broken(1002, "opcode " + frame.opcode);
            }
        }
    }

    @Override
    public void sendBinary(byte[] payload) throws IOException {
        send(BINARY, payload);
    }

    @Override
    public void sendText(String payload) throws IOException {
        send(TEXT, payload.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void ping() throws IOException {
        send(PING, new byte[0]);
    }

    @Override
    public void close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        // A control frame holds 125 bytes at most.
        byte[] cut = text.length > 123 ? Arrays.copyOf(text, 123) : text;
        byte[] payload = ByteBuffer.allocate(2 + cut.length)
                .putShort((short) code)
                .put(cut)
                .array();
        sendClose(payload);
    }

    @Override
    public Optional<String> subprotocol() {
        return subprotocol;
    }

    private Frame readFrame(int room) throws IOException {
        int first = in.read();
        if (first < 0) {
            throw new EOFException("the peer went away without closing");
        }
        int second = in.readUnsignedByte();
        int opcode = first & 0x0f;
        boolean isFinal = (first & 0x80) != 0;
        boolean isMasked = (second & 0x80) != 0;
        if ((first & 0x70) != 0 || isMasked == isClient) {
            throw broken(1002, "reserved bits or wrong masking");
        }
        long length = second & 0x7f;
        if (opcode >= CLOSE && (length > 125 || !isFinal)) {
            throw broken(1002, "a long or fragmented control frame");
        }
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        if (length < 0 || length > room) {
            throw broken(1009, "a message over " + LIMIT + " bytes");
        }
        byte[] mask = new byte[4];
        if (isMasked) {
            in.readFully(mask);
        }
        byte[] payload = new byte[(int) length];
        in.readFully(payload);
        if (isMasked) {
            mask(payload, mask);
        }
        return new Frame(isFinal, opcode, payload);
    }

    private void answerClose(byte[] payload) {
        sendClose(payload.length >= 2 ? Arrays.copyOf(payload, 2) : new byte[0]);
    }

    private IOException broken(int code, String why) {
        close(code, why);
        return new IOException("WebSocket: " + why);
    }

    private void send(int opcode, byte[] payload) throws IOException {
        byte[] frame = frame(opcode, payload);
        sending.lock();
        try {
            if (isCloseSent) {
                if (opcode == PONG) {
                    return;
                }
                throw new IOException("the WebSocket is closed");
            }
            out.write(frame);
            out.flush();
        } finally {
            sending.unlock();
        }
    }

    private void sendClose(byte[] payload) {
        byte[] frame = frame(CLOSE, payload);
        sending.lock();
        try {
            if (!isCloseSent) {
                isCloseSent = true;
                out.write(frame);
                out.flush();
            }
        } catch (IOException gone) {
            // The peer went first: there is nobody left to say goodbye to.
            isCloseSent = true;
        } finally {
            sending.unlock();
        }
    }

    private byte[] frame(int opcode, byte[] payload) {
        int extra = payload.length < 126 ? 0 : payload.length <= 0xffff ? 2 : 8;
        var frame = ByteBuffer.allocate(2 + extra + (isClient ? 4 : 0) + payload.length);
        frame.put((byte) (0x80 | opcode));
        int maskBit = isClient ? 0x80 : 0;
        switch (extra) {
            case 0 -> frame.put((byte) (maskBit | payload.length));
            case 2 -> frame.put((byte) (maskBit | 126)).putShort((short) payload.length);
            default -> frame.put((byte) (maskBit | 127)).putLong(payload.length);
        }
        if (!isClient) {
            return frame.put(payload).array();
        }
        byte[] key = new byte[4];
        random.nextBytes(key);
        byte[] masked = payload.clone();
        mask(masked, key);
        return frame.put(key).put(masked).array();
    }

    private static void mask(byte[] payload, byte[] key) {
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= key[i & 3];
        }
    }

    private record Frame(boolean isFinal, int opcode, byte[] payload) {}
}
