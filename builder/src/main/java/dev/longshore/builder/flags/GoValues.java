package dev.longshore.builder.flags;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Values as Go's libraries read them, which is how people write them.
final class GoValues {

    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");
    private static final Pattern SIZE = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([kmgtpKMGTP])?[iI]?[bB]?");
    private static final long LARGEST_UINT32 = 0xffff_ffffL;
    private static final int BITS_PER_UNIT = 10;
    private static final int LONGEST_NUMBER = 20;

    private GoValues() {}

    static boolean bool(String key, String value) {
        if (TRUE.contains(value)) {
            return true;
        }
        if (FALSE.contains(value)) {
            return false;
        }
        throw new IllegalArgumentException("invalid value for " + key + ": " + value);
    }

    /// A number of 32 bits without a sign.
    static long unsigned(String key, String value, int radix) {
        try {
            boolean isPlain = value.matches("[0-9]{1," + LONGEST_NUMBER + "}");
            long number = isPlain ? Long.parseLong(value, radix) : -1;
            if (number >= 0 && number <= LARGEST_UINT32 && (radix != 8 || number <= Integer.MAX_VALUE)) {
                return number;
            }
        } catch (NumberFormatException none) {
            // Not one in this radix: refused below.
        }
        throw new IllegalArgumentException("invalid value " + value + " for " + key);
    }

    /// `64m`, `1.5GiB`, `100`: bytes, in powers of 1024.
    static long bytes(String key, String value) {
        Matcher size = SIZE.matcher(value);
        if (!size.matches() || size.group(1).length() > LONGEST_NUMBER) {
            throw new IllegalArgumentException("invalid value for " + key + ": " + value);
        }
        int unit = size.group(2) == null ? 0 : "kmgtp".indexOf(size.group(2).toLowerCase(Locale.ROOT)) + 1;
        BigDecimal bytes = new BigDecimal(size.group(1)).multiply(BigDecimal.valueOf(1L << BITS_PER_UNIT * unit));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("invalid value for " + key + ": " + value);
        }
        return bytes.longValue();
    }

    /// As `path.Clean`: without `.`, doubled slashes and `..` where they can be resolved; `.` for nothing.
    static String cleanPath(String path) {
        boolean isAbsolute = path.startsWith("/");
        List<String> kept = new ArrayList<>();
        for (String component : path.split("/", -1)) {
            if (component.equals("..")) {
                if (!kept.isEmpty() && !kept.getLast().equals("..")) {
                    kept.removeLast();
                } else if (!isAbsolute) {
                    kept.add(component);
                }
            } else if (!component.isEmpty() && !component.equals(".")) {
                kept.add(component);
            }
        }
        String joined = String.join("/", kept);
        return isAbsolute ? "/" + joined : joined.isEmpty() ? "." : joined;
    }

    /// As `path.Base`.
    static String baseName(String path) {
        String bare = path.replaceAll("/+$", "");
        return bare.isEmpty() ? path.isEmpty() ? "." : "/" : bare.substring(bare.lastIndexOf('/') + 1);
    }

    /// As `%q`, for what people write in Dockerfiles.
    static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t")
                + '"';
    }
}
