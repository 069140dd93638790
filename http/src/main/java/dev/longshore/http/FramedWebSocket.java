package dev.longshore.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/// RFC 6455 over two streams, either end of it.
final class FramedWebSocket implements WebSocket {

    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int LARGEST_MESSAGE = 16 << 20;
    private static final int LARGEST_CONTROL = 125;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int LARGEST_SHORT = 0xffff;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    private static final int BINARY = 0x2;
    private static final int CLOSE = 0x8;
    private static final int PING = 0x9;
    private static final int PONG = 0xa;
    private static final int NORMAL = 1000;
    private static final int BROKEN = 1011;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int TOO_BIG = 1009;

    private final DataInputStream in;
    private final OutputStream out;
    private final boolean isClient;
    private final Optional<String> subprotocol;
    private final SecureRandom masks = new SecureRandom();
    private boolean closeSent;

    FramedWebSocket(InputStream in, OutputStream out, boolean isClient, Optional<String> subprotocol) {
        this.in = new DataInputStream(in);
        this.out = out;
        this.isClient = isClient;
        this.subprotocol = subprotocol;
    }

    /// The headers of the 101 that accepts `request`.
    static Headers acceptance(Request request, Optional<String> subprotocol) throws IOException {
        String key = request.headers()
                .first("Sec-WebSocket-Key")
                .orElseThrow(() -> new MessageHead.MalformedException(400, "Sec-WebSocket-Key is missing"));
        var headers = Headers.of("Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Accept", accept(key));
        return subprotocol
                .map(agreed -> headers.with("Sec-WebSocket-Protocol", agreed))
                .orElse(headers);
    }

    /// What a server answers to `key`.
    static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every JDK has SHA-1", impossible);
        }
    }

    /// Runs a server's session and closes the socket as the contract says.
    static void serve(InputStream in, OutputStream out, Response.WebSocketUpgrade upgrade)
            throws IOException, InterruptedException {
        var socket = new FramedWebSocket(in, out, false, upgrade.subprotocol());
        try {
            upgrade.session().serve(socket);
            socket.close(NORMAL, "");
        } catch (IOException | RuntimeException broken) {
            socket.close(BROKEN, "internal error");
            throw broken;
        }
    }

    @Override
    public Optional<Message> receive() throws IOException {
        var message = new ByteArrayOutputStream();
        int kind = CONTINUATION;
        while (true) {
            int first;
            try {
                first = in.readUnsignedByte();
            } catch (EOFException gone) {
                if (kind == CONTINUATION) {
                    return Optional.empty();
                }
                throw gone;
            }
            int opcode = first & 0xf;
            byte[] payload = payload(opcode, LARGEST_MESSAGE - message.size());
            switch (opcode) {
                case PING -> send(PONG, payload);
                case PONG -> {}
                case CLOSE -> {
                    close(NORMAL, "");
                    return Optional.empty();
                }
                case TEXT, BINARY, CONTINUATION -> {
                    if (opcode == CONTINUATION == (kind == CONTINUATION)) {
                        throw broken(PROTOCOL_ERROR, "fragments out of order");
                    }
                    kind = opcode == CONTINUATION ? kind : opcode;
                    message.writeBytes(payload);
                    if ((first & FINAL) != 0) {
                        return Optional.of(new Message(kind == TEXT, message.toByteArray()));
                    }
                }
                default -> throw broken(PROTOCOL_ERROR, "unknown frame " + opcode);
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
    public synchronized void close(int code, String reason) {
        if (closeSent) {
            return;
        }
        byte[] words = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(words.length, LARGEST_CONTROL - 2);
        try {
            send(
                    CLOSE,
                    ByteBuffer.allocate(2 + length)
                            .putShort((short) code)
                            .put(words, 0, length)
                            .array());
        } catch (IOException gone) {
            closeSent = true;
            return;
        }
        closeSent = true;
    }

    @Override
    public Optional<String> subprotocol() {
        return subprotocol;
    }

    private byte[] payload(int opcode, int room) throws IOException {
        int second = in.readUnsignedByte();
        long length = second & ~MASKED & 0xff;
        if (length == SHORT_LENGTH) {
            length = in.readUnsignedShort();
        } else if (length == LONG_LENGTH) {
            length = in.readLong();
        }
        if (length < 0 || length > room || opcode >= CLOSE && length > LARGEST_CONTROL) {
            throw broken(TOO_BIG, "frame too large");
        }
        boolean isMasked = (second & MASKED) != 0;
        if (isMasked == isClient) {
            throw broken(PROTOCOL_ERROR, "wrong masking");
        }
        byte[] mask = new byte[4];
        if (isMasked) {
            in.readFully(mask);
        }
        byte[] payload = in.readNBytes((int) length);
        if (payload.length < length) {
            throw new EOFException("the peer closed the connection in the middle of a frame");
        }
        if (isMasked) {
            apply(mask, payload);
        }
        return payload;
    }

    private synchronized void send(int opcode, byte[] payload) throws IOException {
        if (closeSent) {
            throw new IOException("the WebSocket is closed");
        }
        var frame = ByteBuffer.allocate(14 + payload.length);
        frame.put((byte) (FINAL | opcode));
        int flag = isClient ? MASKED : 0;
        if (payload.length < SHORT_LENGTH) {
            frame.put((byte) (flag | payload.length));
        } else if (payload.length <= LARGEST_SHORT) {
            frame.put((byte) (flag | SHORT_LENGTH)).putShort((short) payload.length);
        } else {
            frame.put((byte) (flag | LONG_LENGTH)).putLong(payload.length);
        }
        byte[] sent = payload;
        if (isClient) {
            byte[] mask = new byte[4];
            masks.nextBytes(mask);
            frame.put(mask);
            sent = payload.clone();
            apply(mask, sent);
        }
        frame.put(sent);
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    private IOException broken(int code, String why) {
        close(code, why);
        return new IOException("WebSocket: " + why);
    }

    private static void apply(byte[] mask, byte[] payload) {
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i & 3];
        }
    }
}
