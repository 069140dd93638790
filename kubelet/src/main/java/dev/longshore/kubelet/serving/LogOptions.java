package dev.longshore.kubelet.serving;

import dev.longshore.http.Query;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;

/// Which part of a log is asked for.
///
/// @param stream `stdout`, `stderr`, or empty for both
record LogOptions(
        boolean follow,
        boolean previous,
        boolean timestamps,
        OptionalLong tailLines,
        OptionalLong limitBytes,
        Optional<Instant> since,
        String stream) {

    /// Reads the query.
    ///
    /// @throws IllegalArgumentException when it makes no sense
    static LogOptions of(Query query, Instant now) {
        Optional<Instant> since =
                query.first("sinceTime").filter(text -> !text.isEmpty()).map(LogOptions::instant);
        OptionalLong seconds = number(query, "sinceSeconds");
        if (seconds.isPresent()) {
            since = Optional.of(now.minusSeconds(seconds.getAsLong()));
        }
        String stream = query.first("stream").orElse("").toLowerCase(java.util.Locale.ROOT);
        return new LogOptions(
                query.isSet("follow"),
                query.isSet("previous"),
                query.isSet("timestamps"),
                number(query, "tailLines"),
                number(query, "limitBytes"),
                since,
                stream.equals("all") ? "" : stream);
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException malformed) {
            throw new IllegalArgumentException("invalid sinceTime: " + text, malformed);
        }
    }

    private static OptionalLong number(Query query, String name) {
        Optional<String> text = query.first(name).filter(value -> !value.isEmpty());
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text.get());
            if (number < 0) {
                throw new IllegalArgumentException(name + " must not be negative");
            }
            return OptionalLong.of(number);
        } catch (NumberFormatException malformed) {
            throw new IllegalArgumentException("invalid %s: %s".formatted(name, text.get()), malformed);
        }
    }
}
