package dev.longshore.cli;

import java.util.regex.Pattern;

/// Addresses of contexts that the engine fetches by itself: repositories, and files on the web.
final class RemoteAddress {

    private static final Pattern REMOTE =
            Pattern.compile("(?:https?|git|ssh)://.+|github\\.com/.+|[\\w.-]+@[\\w.-]+:.+");

    private RemoteAddress() {}

    static boolean isOne(String text) {
        return REMOTE.matcher(text).matches();
    }
}
