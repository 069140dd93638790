package dev.longshore.controllers;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/// One field of a cron line: the values it allows.
///
/// @param isStar whether it was written as any value
record CronField(BitSet values, boolean isStar) {

    /// Reads `text`: numbers, names, ranges and steps, with commas between (`1-5`, `MON,WED`, a star with
    /// `/15`).
    ///
    /// @param names of the values from `least` on, in capitals; may be empty
    static CronField parse(String text, int least, int most, List<String> names) {
        var values = new BitSet();
        boolean isStar = false;
        for (String part : text.split(",", -1)) {
            String[] stepped = part.split("/", 2);
            int step = stepped.length == 1 ? 1 : number(stepped[1], text);
            boolean isAny = stepped[0].equals("*") || stepped[0].equals("?");
            String[] ends = stepped[0].split("-", 2);
            int from = isAny ? least : value(ends[0], least, names, text);
            int to = from;
            if (isAny || ends.length == 1 && stepped.length == 2) {
                to = most;
            } else if (ends.length == 2) {
                to = value(ends[1], least, names, text);
            }
            if (from < least || to > most || from > to || step < 1) {
                throw new IllegalArgumentException("not between %d and %d: %s".formatted(least, most, text));
            }
            for (int i = from; i <= to; i += step) {
                values.set(i);
            }
            isStar |= isAny && step == 1;
        }
        return new CronField(values, isStar);
    }

    boolean allows(int value) {
        return values.get(value);
    }

    private static int value(String text, int least, List<String> names, String field) {
        int name = names.indexOf(text.toUpperCase(Locale.ROOT));
        return name >= 0 ? least + name : number(text, field);
    }

    private static int number(String text, String field) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException("not a cron field: " + field, notANumber);
        }
    }
}
