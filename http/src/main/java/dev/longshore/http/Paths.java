package dev.longshore.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/// Percent-decoding of request paths, where `+` stands for itself.
final class Paths {

    private Paths() {}

    /// True if every percent sign before the query begins an escape.
    static boolean isWellFormed(String target) {
        int question = target.indexOf('?');
        int end = question < 0 ? target.length() : question;
        for (int at = target.indexOf('%'); at >= 0 && at < end; at = target.indexOf('%', at + 1)) {
            boolean isEscape = at + 2 < end
                    && Character.digit(target.charAt(at + 1), 16) >= 0
                    && Character.digit(target.charAt(at + 2), 16) >= 0;
            if (!isEscape) {
                return false;
            }
        }
        return true;
    }

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
