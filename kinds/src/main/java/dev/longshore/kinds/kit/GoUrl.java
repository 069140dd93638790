package dev.longshore.kinds.kit;

import dev.longshore.model.Cause;
import java.util.Locale;
import java.util.Optional;

/// A URL as Go's `net/url` takes it apart: more is one than Java's library takes for one, and what is none is told in
/// Go's words.
///
/// @param user name and password before the host, if they are there
public record GoUrl(String scheme, Optional<String> user, String host, String query, String fragment) {

    private static final String IN_USER = "-._:~!$&'()*+,;=%@";
    private static final String IN_HOST = "-_.~!$&'()*+,;=:[]<>\"%";
    private static final int FIRST_BEYOND_ASCII = 0x80;

    /// What is no URL, and why.
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    private enum Place {
        HOST,
        ELSEWHERE
    }

    /// The URL that `text` is.
    public static GoUrl parse(String text) throws Malformed {
        int hash = text.indexOf('#');
        String whole = hash < 0 ? text : text.substring(0, hash);
        String fragment = hash < 0 ? "" : text.substring(hash + 1);
        GoUrl url = told(whole, () -> whole(whole, fragment));
        told(text, () -> escapes(fragment, Place.ELSEWHERE));
        return url;
    }

    private interface Reading<T> {
        T read() throws Malformed;
    }

    private static <T> T told(String text, Reading<T> reading) throws Malformed {
        try {
            return reading.read();
        } catch (Malformed why) {
            throw new Malformed("parse " + Cause.quote(text) + ": " + why.getMessage());
        }
    }

    private static GoUrl whole(String text, String fragment) throws Malformed {
        if (text.chars().anyMatch(letter -> letter < ' ' || letter == 0x7f)) {
            throw new Malformed("net/url: invalid control character in URL");
        }
        String scheme = scheme(text);
        String rest = scheme.isEmpty() ? text : text.substring(scheme.length() + 1);
        int mark = rest.indexOf('?');
        String query = mark < 0 ? "" : rest.substring(mark + 1);
        rest = mark < 0 ? rest : rest.substring(0, mark);
        String lower = scheme.toLowerCase(Locale.ROOT);
        if (!rest.startsWith("/")) {
            if (scheme.isEmpty() && upTo(rest, '/').contains(":")) {
                throw new Malformed("first path segment in URL cannot contain colon");
            }
            if (scheme.isEmpty()) {
                escapes(rest, Place.ELSEWHERE);
            }
            return new GoUrl(lower, Optional.empty(), "", query, fragment);
        }
        if (!rest.startsWith("//") || scheme.isEmpty() && rest.startsWith("///")) {
            escapes(rest, Place.ELSEWHERE);
            return new GoUrl(lower, Optional.empty(), "", query, fragment);
        }
        String authority = upTo(rest.substring(2), '/');
        int at = authority.lastIndexOf('@');
        String host = authority.substring(at + 1);
        host(host);
        Optional<String> user = at < 0 ? Optional.empty() : Optional.of(authority.substring(0, at));
        if (user.isPresent()) {
            user(user.get());
        }
        escapes(rest.substring(2 + authority.length()), Place.ELSEWHERE);
        return new GoUrl(lower, user, host, query, fragment);
    }

    private static String upTo(String text, char end) {
        int index = text.indexOf(end);
        return index < 0 ? text : text.substring(0, index);
    }

    private static boolean isLetter(int letter) {
        return letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z';
    }

    private static boolean isDigit(int letter) {
        return letter >= '0' && letter <= '9';
    }

    private static String scheme(String text) throws Malformed {
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == ':') {
                if (i == 0) {
                    throw new Malformed("missing protocol scheme");
                }
                return text.substring(0, i);
            }
            boolean mayFollow = isDigit(letter) || letter == '+' || letter == '-' || letter == '.';
            if (!isLetter(letter) && (i == 0 || !mayFollow)) {
                return "";
            }
        }
        return "";
    }

    private static void user(String user) throws Malformed {
        boolean isPlain =
                user.chars().allMatch(letter -> isLetter(letter) || isDigit(letter) || IN_USER.indexOf(letter) >= 0);
        if (!isPlain) {
            throw new Malformed("net/url: invalid userinfo");
        }
        escapes(user, Place.ELSEWHERE);
    }

    private static void host(String host) throws Malformed {
        int open = host.lastIndexOf('[');
        if (open >= 0) {
            int close = host.lastIndexOf(']');
            if (close < 0) {
                throw new Malformed("missing ']' in host");
            }
            port(host.substring(close + 1));
        } else if (host.contains(":")) {
            port(host.substring(host.lastIndexOf(':')));
        }
        escapes(host, Place.HOST);
    }

    private static void port(String port) throws Malformed {
        boolean isPort = port.isEmpty()
                || port.startsWith(":") && port.substring(1).chars().allMatch(GoUrl::isDigit);
        if (!isPort) {
            throw new Malformed("invalid port " + Cause.quote(port) + " after host");
        }
    }

    private static boolean isHex(String text, int index) {
        return index < text.length() && Character.digit(text.charAt(index), 16) >= 0;
    }

    /// In a host only what is beyond ASCII may be escaped, and the percent sign itself.
    private static String escapes(String text, Place place) throws Malformed {
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            if (letter == '%') {
                String escape = text.substring(i, Math.min(i + 3, text.length()));
                boolean isWhole = isHex(text, i + 1) && isHex(text, i + 2);
                boolean isAscii = isWhole && Character.digit(text.charAt(i + 1), 16) < 8 && !escape.equals("%25");
                if (!isWhole || place == Place.HOST && isAscii) {
                    throw new Malformed("invalid URL escape " + Cause.quote(escape));
                }
            } else if (place == Place.HOST
                    && letter < FIRST_BEYOND_ASCII
                    && !isLetter(letter)
                    && !isDigit(letter)
                    && IN_HOST.indexOf(letter) < 0) {
                throw new Malformed("invalid character " + Cause.quote(String.valueOf(letter)) + " in host name");
            }
        }
        return text;
    }
}
