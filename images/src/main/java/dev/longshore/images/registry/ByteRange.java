package dev.longshore.images.registry;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Which bytes a Range header asks for (RFC 9110, section 14).
sealed interface ByteRange {

    /// Everything: no header, or one that need not be understood.
    record Whole() implements ByteRange {}

    /// From `first` to `last`, both included.
    record Part(long first, long last) implements ByteRange {
        long length() {
            return last - first + 1;
        }
    }

    /// Nothing that is there.
    record Unsatisfiable() implements ByteRange {}

    Pattern SINGLE = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*");

    /// What `header` means for content of `size` bytes. Several ranges at once are answered with everything, as the
    /// RFC allows.
    static ByteRange of(String header, long size) {
        Matcher single = SINGLE.matcher(header);
        if (!single.matches()) {
            return new Whole();
        }
        String from = single.group(1);
        String to = single.group(2);
        if (from.isEmpty() && to.isEmpty()) {
            return new Whole();
        }
        if (from.isEmpty()) {
            long suffix = Long.parseLong(to);
            return suffix == 0 || size == 0 ? new Unsatisfiable() : new Part(Math.max(0, size - suffix), size - 1);
        }
        long first = Long.parseLong(from);
        if (!to.isEmpty() && Long.parseLong(to) < first) {
            return new Whole();
        }
        if (first >= size) {
            return new Unsatisfiable();
        }
        return new Part(first, to.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(to)));
    }
}
