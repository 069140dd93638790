package dev.longshore.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Sizes as people write them to docker: `64m`, `1.5GB`, `100`, in powers of 1024.
final class ByteSize {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([kmgtp])?i?b?");
    private static final String UNITS = "kmgtp";
    private static final int BITS_PER_UNIT = 10;

    private ByteSize() {}

    /// How many bytes `text` is; nothing, if it is null.
    ///
    /// @throws CommandFailure when it is none
    static String of(String option, String text) {
        if (text == null) {
            return "";
        }
        Matcher parts = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new CommandFailure(option + " " + text + ": write a size, as 64m or 1g");
        }
        int power = parts.group(2) == null ? 0 : UNITS.indexOf(parts.group(2)) + 1;
        return String.valueOf((long) (Double.parseDouble(parts.group(1)) * (1L << (BITS_PER_UNIT * power))));
    }
}
