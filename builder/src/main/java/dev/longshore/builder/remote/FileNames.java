package dev.longshore.builder.remote;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a download is called: the last part of its address, else what the server says, else BuildKit's
/// `__unnamed__`.
final class FileNames {

    private static final Pattern PATH = Pattern.compile("https?://[^/?#]*([^?#]*).*");
    private static final Pattern NAME = Pattern.compile(";\\s*filename=(?:\"([^\"]*)\"|([^;\\s]+))");
    private static final int LONGEST = 255;

    private FileNames() {}

    static String of(String url, Optional<String> disposition) {
        Matcher path = PATH.matcher(url);
        String last = path.matches() ? lastOf(decoded(path.group(1))) : "";
        if (!last.isEmpty()) {
            return last;
        }
        Matcher name = NAME.matcher(disposition.orElse(""));
        String said = name.find() ? lastOf(name.group(1) == null ? name.group(2) : name.group(1)) : "";
        return said.isEmpty() ? "__unnamed__" : said;
    }

    /// The last component, however hostile the text; empty if it is no name.
    private static String lastOf(String path) {
        String trimmed = path.replaceAll("/+$", "");
        String last = trimmed.substring(trimmed.lastIndexOf('/') + 1);
        boolean isName = !last.equals(".")
                && !last.equals("..")
                && last.indexOf('\0') < 0
                && last.getBytes(StandardCharsets.UTF_8).length <= LONGEST;
        return isName ? last : "";
    }

    private static String decoded(String path) {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException wrong) {
            return path;
        }
    }
}
