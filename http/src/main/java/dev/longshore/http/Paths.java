package dev.longshore.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/// Percent-decoding of request paths, where `+` stands for itself.
final class Paths {

    private Paths() {}

    static String decode(String raw) {
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        try {
            return URLDecoder.decode(raw.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException invalid) {
            return raw;
        }
    }
}
