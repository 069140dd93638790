package dev.longshore.builder.attest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads `Key: value` lines in paragraphs with empty lines between: dpkg's status, apk's `installed`, Python's
/// METADATA. Only wanted keys and the first line of a value are kept, so that a file of any size costs little.
final class Paragraphs implements AutoCloseable {

    private static final int LONGEST_LINE = 64 << 10;

    private final Reader in;
    private final Set<String> wanted;
    private boolean isOver;

    Paragraphs(InputStream in, Set<String> wanted) {
        this.in = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
        this.wanted = wanted;
    }

    /// The next paragraph; empty at the end of the file.
    Optional<Map<String, String>> next() throws IOException {
        var fields = new HashMap<String, String>();
        boolean isBegun = false;
        while (!isOver) {
            String line = line();
            if (line.isBlank()) {
                if (isBegun) {
                    return Optional.of(fields);
                }
                continue;
            }
            isBegun = true;
            int colon = line.indexOf(':');
            if (colon > 0 && wanted.contains(line.substring(0, colon))) {
                fields.putIfAbsent(
                        line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        return isBegun ? Optional.of(fields) : Optional.empty();
    }

    /// A line, cut where it is longer than any that means something.
    private String line() throws IOException {
        var line = new StringBuilder();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            if (line.length() < LONGEST_LINE) {
                line.append((char) next);
            }
            next = in.read();
        }
        isOver = next < 0;
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
