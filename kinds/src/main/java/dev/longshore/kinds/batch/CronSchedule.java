package dev.longshore.kinds.batch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What is wrong with a cron schedule, if anything: five fields, or one of the names that begin with @.
final class CronSchedule {

    private static final Set<String> NAMES =
            Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final List<Field> FIELDS = List.of(
            new Field(0, 59, List.of()),
            new Field(0, 23, List.of()),
            new Field(1, 31, List.of()),
            new Field(
                    1, 12, List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")),
            new Field(0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat")));

    private CronSchedule() {}

    static Optional<String> fault(String schedule) {
        String text = schedule.strip();
        if (text.startsWith("TZ=") || text.startsWith("CRON_TZ=")) {
            return Optional.of("cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
        if (text.startsWith("@")) {
            return NAMES.contains(text) || text.startsWith("@every ")
                    ? Optional.empty()
                    : Optional.of("unrecognized descriptor: " + text);
        }
        String[] fields = text.split("\\s+");
        if (fields.length != FIELDS.size()) {
            return Optional.of("expected exactly 5 fields, found " + fields.length + ": "
                    + Arrays.toString(fields).replace(",", ""));
        }
        for (int i = 0; i < fields.length; i++) {
            for (String part : fields[i].split(",", -1)) {
                Optional<String> fault = FIELDS.get(i).fault(part);
                if (fault.isPresent()) {
                    return fault;
                }
            }
        }
        return Optional.empty();
    }

    private record Field(int lowest, int highest, List<String> names) {

        Optional<String> fault(String part) {
            String[] steps = part.split("/", -1);
            if (steps.length > 2) {
                return Optional.of("too many slashes: " + part);
            }
            if (steps.length == 2 && !steps[1].matches("0*[1-9]\\d{0,8}")) {
                return Optional.of("failed to parse int from " + steps[1]);
            }
            if (steps[0].equals("*") || steps[0].equals("?")) {
                return Optional.empty();
            }
            String[] ends = steps[0].split("-", -1);
            if (ends.length > 2) {
                return Optional.of("too many hyphens: " + part);
            }
            int[] values = new int[ends.length];
            for (int i = 0; i < ends.length; i++) {
                int name = names.indexOf(ends[i].toLowerCase(Locale.ROOT));
                if (name < 0 && !ends[i].matches("\\d{1,9}")) {
                    return Optional.of("failed to parse int from " + ends[i]);
                }
                values[i] = name >= 0 ? name + lowest : Integer.parseInt(ends[i]);
                if (values[i] < lowest) {
                    return Optional.of(
                            "beginning of range (" + values[i] + ") below minimum (" + lowest + "): " + part);
                }
                if (values[i] > highest) {
                    return Optional.of("end of range (" + values[i] + ") above maximum (" + highest + "): " + part);
                }
            }
            return values.length == 2 && values[0] > values[1]
                    ? Optional.of(
                            "beginning of range (" + values[0] + ") beyond end of range (" + values[1] + "): " + part)
                    : Optional.empty();
        }
    }
}
