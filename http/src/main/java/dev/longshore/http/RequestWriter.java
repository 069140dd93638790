package dev.longshore.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Puts a request on the wire.
final class RequestWriter {

    private static final int SMALL = 64 * 1024;
    private static final int PIECE = 16 * 1024;

    private RequestWriter() {}

    /// Sends `request`: small bodies at once, others on a thread of their own, since a server may answer before
    /// it has read all.
    static Sending send(Wire wire, String host, HttpDialer.Call request) throws IOException {
        head(wire.out(), host, request);
        var sending = new Sending(wire, request);
        if (request.body() == null || (request.length() >= 0 && request.length() <= SMALL)) {
            body(wire.out(), request);
            sending.isDone = true;
        } else {
            Thread.ofVirtual().name("http send").start(sending);
        }
        return sending;
    }

    private static void head(OutputStream out, String host, HttpDialer.Call request) throws IOException {
        var head = new StringBuilder(256);
        head.append(safe(request.method())).append(' ').append(safe(request.target()));
        head.append(" HTTP/1.1\r\n");
        if (request.headers().first("Host").isEmpty()) {
            field(head, "Host", host);
        }
        request.headers()
                .without("Content-Length")
                .without("Transfer-Encoding")
                .forEach((name, value) -> field(head, name, value));
        if (request.body() == null) {
            if (request.method().startsWith("P")) {
                field(head, "Content-Length", "0");
            }
        } else if (request.length() < 0) {
            field(head, "Transfer-Encoding", "chunked");
        } else {
            field(head, "Content-Length", Long.toString(request.length()));
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void body(OutputStream out, HttpDialer.Call request) throws IOException {
        if (request.body() == null || request.length() == 0) {
            return;
        }
        byte[] piece = new byte[PIECE];
        long left = request.length();
        InputStream body = request.body();
        while (left != 0) {
            int most = left < 0 ? PIECE : (int) Math.min(PIECE, left);
            int count = readSource(body, piece, most);
            if (count < 0) {
                break;
            }
            if (left < 0) {
                out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            out.write(piece, 0, count);
            if (left < 0) {
                out.write(new byte[] {'\r', '\n'});
            } else {
                left -= count;
            }
            out.flush();
        }
        if (left > 0) {
            throw new SourceException("the request's body ended " + left + " bytes early", null);
        }
        if (left < 0) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.flush();
    }

    private static int readSource(InputStream source, byte[] piece, int most) throws SourceException {
        try {
            return source.read(piece, 0, most);
        } catch (IOException failure) {
            throw new SourceException("the request's body could not be read", failure);
        }
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append(safe(name)).append(": ").append(safe(value)).append("\r\n");
    }

    /// A line break within a field would begin another field, or another request.
    private static String safe(String text) {
        if (text.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw new IllegalArgumentException("a control character in the head of a request");
        }
        return text;
    }

    /// What was to be sent could not be read.
    static final class SourceException extends IOException {
        SourceException(String message, IOException cause) {
            super(message, cause);
        }
    }

    /// A body on its way.
    static final class Sending implements Runnable {

        private final Wire wire;
        private final HttpDialer.Call request;
        private volatile boolean isDone;
        private volatile IOException failure;

        private Sending(Wire wire, HttpDialer.Call request) {
            this.wire = wire;
            this.request = request;
        }

        @Override
        public void run() {
            try {
                body(wire.out(), request);
                isDone = true;
            } catch (SourceException broken) {
                // Half a body must not look like a whole one.
                failure = broken;
                wire.close();
            } catch (IOException broken) {
                // The server stopped reading: its answer, if there is one, is still to be read.
                failure = broken;
            }
        }

        boolean isDone() {
            return isDone;
        }

        void rethrow() throws IOException {
            IOException broken = failure;
            if (broken != null) {
                throw new IOException("the request's body could not be sent", broken);
            }
        }
    }
}
