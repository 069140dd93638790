package dev.longshore.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/// Status and header fields of an HTTP/1.1 answer.
record ResponseHead(int status, boolean isOldServer, Headers headers) {

    private static final int LINE_LIMIT = 64 * 1024;
    private static final int FIELD_LIMIT = 1000;

    /// Reads one; earlier informational ones (100 Continue, 103 Early Hints) are skipped.
    static ResponseHead read(InputStream in) throws IOException {
        while (true) {
            ResponseHead head = readOne(in);
            if (head.status >= 200 || head.status == 101) {
                return head;
            }
        }
    }

    /// The body that follows on `in`; `onEnd` runs with true when it was read to its end and the connection can
    /// carry another exchange, with false when the connection is of no more use.
    InputStream body(String method, InputStream in, ResponseBody.End onEnd) throws IOException {
        boolean mayGoOn = !headers.hasToken("Connection", "close")
                && (!isOldServer || headers.hasToken("Connection", "keep-alive"));
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return ResponseBody.sized(in, 0, mayGoOn, onEnd);
        }
        if (headers.hasToken("Transfer-Encoding", "chunked")) {
            return ResponseBody.chunked(in, mayGoOn, onEnd);
        }
        var length = headers.first("Content-Length");
        if (length.isEmpty()) {
            return ResponseBody.untilClose(in, onEnd);
        }
        try {
            return ResponseBody.sized(in, Long.parseUnsignedLong(length.get().strip()), mayGoOn, onEnd);
        } catch (NumberFormatException malformed) {
            throw new IOException("the server's Content-Length is " + length.get(), malformed);
        }
    }

    static String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream(64);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (line.size() == LINE_LIMIT) {
                throw new IOException("the server sent a line over " + LINE_LIMIT + " bytes");
            }
            line.write(b);
        }
        String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private static ResponseHead readOne(InputStream in) throws IOException {
        String first = line(in);
        if (!first.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
            throw new IOException("the server does not speak HTTP/1.1: " + first);
        }
        var pairs = new ArrayList<String>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon < 1 || pairs.size() >= 2 * FIELD_LIMIT) {
                throw new IOException("the server sent a malformed header field");
            }
            pairs.add(line.substring(0, colon));
            pairs.add(line.substring(colon + 1).strip());
        }
        return new ResponseHead(
                Integer.parseInt(first.substring(9, 12)),
                first.charAt(7) == '0',
                Headers.of(pairs.toArray(String[]::new)));
    }
}
