package dev.longshore.docker;

import dev.longshore.base.BlockOutput;
import dev.longshore.base.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;

/// Bytes for a build's client, as messages: `{"id":"longshore.output","aux":{"output":"0","data":"BASE64"}}`, and at
/// the end one with `"isLast":true`, without which nothing is whole.
final class SentOutput extends BlockOutput {

    static final String ID = "longshore.output";

    private static final int CHUNK = 96 << 10;

    private final Messages messages;
    private final String name;
    private final byte[] buffer = new byte[CHUNK];
    private int filled;

    SentOutput(Messages messages, String name) {
        this.messages = messages;
        this.name = name;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            int count = Math.min(left, CHUNK - filled);
            System.arraycopy(bytes, at, buffer, filled, count);
            filled += count;
            at += count;
            left -= count;
            if (filled == CHUNK) {
                send();
            }
        }
    }

    /// Says that all of it was sent.
    void finish() throws IOException {
        send();
        messages.aux(ID, Json.object().put("output", name).put("isLast", true));
    }

    private void send() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("the client is gone");
        }
        if (filled > 0) {
            String data = Base64.getEncoder().encodeToString(Arrays.copyOf(buffer, filled));
            filled = 0;
            messages.aux(ID, Json.object().put("output", name).put("data", data));
        }
    }
}
