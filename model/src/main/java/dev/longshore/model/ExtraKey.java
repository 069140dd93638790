package dev.longshore.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Keys of what is known beside a user's name, as they stand in names of headers.
public final class ExtraKey {

    private ExtraKey() {}

    /// With its percent signs read; as it is if one of them stands wrong.
    public static String unescaped(String key) {
        var bytes = new ByteArrayOutputStream();
        byte[] raw = key.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] != '%') {
                bytes.write(raw[i]);
                continue;
            }
            int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
            int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
            if (high < 0 || low < 0) {
                return key;
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
