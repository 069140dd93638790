package dev.longshore.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;

/// The head of an HTTP/1.1 message (RFC 9112, sections 2 to 5): its first line and its fields.
///
/// @param line the request or status line
record MessageHead(String line, Headers headers) {

    private static final int LARGEST = 64 << 10;

    /// A message that is not HTTP; the server answers with `status`.
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final int status;

        MalformedException(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /// Reads a head; empty when the input ends before it begins.
    ///
    /// @throws MalformedException when it is not HTTP, or over 64 KiB
    static Optional<MessageHead> read(InputStream in) throws IOException {
        var budget = new int[] {LARGEST};
        String line = line(in, budget, true);
        while (line != null && line.isEmpty()) {
            line = line(in, budget, true);
        }
        if (line == null) {
            return Optional.empty();
        }
        var fields = new ArrayList<String>();
        for (String field = line(in, budget, false); !field.isEmpty(); field = line(in, budget, false)) {
            int colon = field.indexOf(':');
            if (colon <= 0 || field.charAt(colon - 1) == ' ' || field.charAt(0) == ' ') {
                throw new MalformedException(400, "malformed header field");
            }
            fields.add(field.substring(0, colon));
            fields.add(field.substring(colon + 1).strip());
        }
        return Optional.of(new MessageHead(line, Headers.of(fields.toArray(String[]::new))));
    }

    /// True if the connection may be used again after this message.
    boolean keepsAlive(String version) {
        return version.equals("HTTP/1.1")
                ? !headers.hasToken("Connection", "close")
                : headers.hasToken("Connection", "keep-alive");
    }

    private static String line(InputStream in, int[] budget, boolean mayEnd) throws IOException {
        var bytes = new ByteArrayOutputStream(128);
        for (int octet = in.read(); octet != '\n'; octet = in.read()) {
            if (octet < 0) {
                if (mayEnd && bytes.size() == 0) {
                    return null;
                }
                throw new IOException("the peer closed the connection in the middle of a head");
            }
            if (--budget[0] < 0) {
                throw new MalformedException(431, "request header fields too large");
            }
            bytes.write(octet);
        }
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
