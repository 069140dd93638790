package dev.longshore.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// One HTTP/1.1 connection over TLS that asks one thing after another, and does little else: the processors are
/// the server's as well.
final class BenchClient implements AutoCloseable {

    private static final int ERROR_BYTES = 600;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[64 << 10];

    BenchClient(SSLContext tls, int port) throws IOException {
        var connected = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port);
        connected.setTcpNoDelay(true);
        connected.setSoTimeout(60_000);
        connected.startHandshake();
        socket = connected;
        in = new BufferedInputStream(socket.getInputStream(), 32 << 10);
        out = socket.getOutputStream();
    }

    /// Sends a request and reads all of its answer, which must have `status`; returns the body's length.
    ///
    /// @param fields header fields, each with its line end
    long ask(String method, String target, String fields, byte[] body, int status) throws IOException {
        byte[] head = (method + " " + target + " HTTP/1.1\r\nHost: bench\r\nContent-Length: " + body.length + "\r\n"
                        + fields + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] whole = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, whole, head.length, body.length);
        out.write(whole);
        out.flush();
        int answered = Integer.parseInt(line().split(" ")[1]);
        long length = 0;
        boolean isChunked = false;
        for (String field = line(); !field.isEmpty(); field = line()) {
            if (field.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Long.parseLong(field.substring(15).strip());
            }
            isChunked |= field.regionMatches(true, 0, "transfer-encoding: chunked", 0, 26);
        }
        long read = isChunked ? chunks() : skip(length);
        if (answered != status) {
            String text = new String(buffer, 0, (int) Math.min(read, ERROR_BYTES), StandardCharsets.UTF_8);
            throw new IOException(method + " " + target + " answered " + answered + ": " + text);
        }
        return read;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private long chunks() throws IOException {
        long total = 0;
        while (true) {
            long size = Long.parseLong(line(), 16);
            total += skip(size);
            line();
            if (size == 0) {
                return total;
            }
        }
    }

    private long skip(long length) throws IOException {
        long left = length;
        while (left > 0) {
            int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (read < 0) {
                throw new EOFException("the server closed the connection");
            }
            left -= read;
        }
        return length;
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int each = in.read(); each != '\n'; each = in.read()) {
            if (each < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (each != '\r') {
                line.append((char) each);
            }
        }
        return line.toString();
    }
}
