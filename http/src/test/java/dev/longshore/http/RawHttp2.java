package dev.longshore.http;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// A client that sends what HTTP/2 frames a test wants.
final class RawHttp2 implements AutoCloseable {

    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final int END_STREAM_AND_HEADERS = 5;
    private static final int CANCEL = 8;
    private static final int TIMEOUT_MILLIS = 20_000;
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    /// `:method GET`, `:scheme https`, of the static table.
    private static final byte[] GET = {(byte) 0x82, (byte) 0x87};

    private final SSLSocket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    /// @param flags zero for most
    record Frame(int type, int flags, int stream, byte[] payload) {
        /// The last four bytes of a GOAWAY without words.
        int error() {
            return java.nio.ByteBuffer.wrap(payload).getInt(4);
        }
    }

    RawHttp2(int port) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Anybody()}, null);
        socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        var parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
        out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream()));
        out.write(PREFACE.getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
        flush();
    }

    /// Asks for `path`, of fewer than 127 bytes.
    void get(int stream, String path) throws IOException {
        byte[] text = path.getBytes(StandardCharsets.US_ASCII);
        var block = java.nio.ByteBuffer.allocate(GET.length + 2 + text.length);
        // A literal that nobody keeps, its name in the static table.
        block.put(GET).put((byte) 0x04).put((byte) text.length).put(text);
        frame(HEADERS, END_STREAM_AND_HEADERS, stream, block.array());
    }

    void cancel(int stream) throws IOException {
        frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
    }

    /// The answer is another ping.
    void ping() throws IOException {
        frame(PING, 0, 0, new byte[8]);
    }

    void flush() throws IOException {
        out.flush();
    }

    /// The next frame.
    ///
    /// @throws IOException when there are no more
    Frame read() throws IOException {
        int length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(type, flags, stream, payload);
    }

    private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(stream);
        out.write(payload);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Anybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
