package dev.longshore.kinds.batch;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What is wrong with a cron schedule, if anything: five fields, or one of the names that begin with @. Faults are
/// those of the parser that Kubernetes uses, in its words.
final class CronSchedule {

    private static final Set<String> NAMES =
            Set.of("@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly");
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final List<Field> FIELDS = List.of(
            new Field(0, 59, List.of()),
            new Field(0, 23, List.of()),
            new Field(1, 31, List.of()),
            new Field(1, 12, MONTHS),
            new Field(0, 6, DAYS));
    private static final Pattern NUMBER = Pattern.compile("\\+?\\d{1,9}");
    private static final Pattern DURATION = Pattern.compile("[-+]?((\\d+\\.?\\d*|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+|0");
    private static final Pattern OFFSET = Pattern.compile("Z|[-+].*|(UTC|GMT|UT)[-+].*");
    private static final List<String> ZONES = List.of("TZ=", "CRON_TZ=");

    private CronSchedule() {}

    /// True for zones that are spelled as an offset.
    static boolean isOffset(String zone) {
        return OFFSET.matcher(zone).matches();
    }

    static Optional<String> fault(String schedule) {
        String text = schedule;
        if (ZONES.stream().anyMatch(text::startsWith)) {
            int space = text.indexOf(' ');
            String zone = text.substring(text.indexOf('=') + 1, space < 0 ? text.length() : space);
            if (space < 0) {
                // The original's parser breaks over this, and what it says is this.
                return Optional.of("provided bad location " + zone);
            }
            if (!isZone(zone)) {
                return Optional.of("provided bad location " + zone + ": unknown time zone " + zone);
            }
            text = text.substring(space).strip();
        }
        return text.startsWith("@") ? named(text) : fields(text);
    }

    private static boolean isZone(String zone) {
        try {
            return zone.isEmpty()
                    || zone.equals("Local")
                    || !ZoneId.of(zone).getId().isEmpty();
        } catch (DateTimeException unknown) {
            return false;
        }
    }

    private static Optional<String> named(String text) {
        if (text.startsWith("@every ")) {
            String duration = text.substring("@every ".length());
            return DURATION.matcher(duration).matches()
                    ? Optional.empty()
                    : Optional.of("failed to parse duration " + text + ": time: invalid duration \"" + duration + "\"");
        }
        return NAMES.contains(text) ? Optional.empty() : Optional.of("unrecognized descriptor: " + text);
    }

    private static Optional<String> fields(String text) {
        List<String> fields = text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
        if (fields.size() != FIELDS.size()) {
            return Optional.of(
                    "expected exactly 5 fields, found " + fields.size() + ": [" + String.join(" ", fields) + "]");
        }
        for (int i = 0; i < FIELDS.size(); i++) {
            for (String part : fields.get(i).split(",", -1)) {
                Optional<String> fault =
                        part.isEmpty() ? Optional.empty() : FIELDS.get(i).fault(part);
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
            String[] ends = steps[0].split("-", -1);
            boolean isAll = steps[0].equals("*") || steps[0].equals("?");
            int first = lowest;
            int last = highest;
            if (!isAll) {
                if (number(ends[0]) < 0) {
                    return unreadable(ends[0]);
                }
                if (ends.length > 2) {
                    return Optional.of("too many hyphens: " + part);
                }
                if (ends.length == 2 && number(ends[1]) < 0) {
                    return unreadable(ends[1]);
                }
                first = number(ends[0]);
                // From one value on by steps means up to the highest.
                last = ends.length == 2 ? number(ends[1]) : steps.length == 2 ? highest : first;
            }
            if (steps.length > 2) {
                return Optional.of("too many slashes: " + part);
            }
            if (steps.length == 2 && !NUMBER.matcher(steps[1]).matches()) {
                return unreadable(steps[1]);
            }
            return range(part, first, last, steps.length == 2 ? Integer.parseInt(steps[1]) : 1);
        }

        private Optional<String> range(String part, int first, int last, int step) {
            if (first < lowest) {
                return Optional.of("beginning of range (" + first + ") below minimum (" + lowest + "): " + part);
            }
            if (last > highest) {
                return Optional.of("end of range (" + last + ") above maximum (" + highest + "): " + part);
            }
            if (first > last) {
                return Optional.of("beginning of range (" + first + ") beyond end of range (" + last + "): " + part);
            }
            return step == 0 ? Optional.of("step of range should be a positive number: " + part) : Optional.empty();
        }

        private int number(String text) {
            int name = names.indexOf(text.toLowerCase(Locale.ROOT));
            if (name >= 0) {
                return name + lowest;
            }
            return NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
        }

        private static Optional<String> unreadable(String text) {
            return text.matches("-\\d+")
                    ? Optional.of("negative number (" + text + ") not allowed: " + text)
                    : Optional.of("failed to parse int from " + text + ": strconv.Atoi: parsing \"" + text
                            + "\": invalid syntax");
        }
    }
}
