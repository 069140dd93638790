package dev.longshore.kubelet.serving;

import dev.longshore.http.Query;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.OptionalLong;

/// Which part of a log is asked for.
record LogOptions(
        boolean follow,
        boolean previous,
        boolean timestamps,
        OptionalLong tailLines,
        OptionalLong limitBytes,
        Optional<Instant> since) {

    private static final int UNREADABLE = 400;
    private static final int SENSELESS = 422;

    /// Reads the query.
    ///
    /// @throws RefusedException as kubelets refuse what makes no sense
    static LogOptions of(Query query, Instant now) {
        Optional<Instant> sinceTime =
                query.first("sinceTime").filter(text -> !text.isEmpty()).map(LogOptions::instant);
        OptionalLong sinceSeconds = number(query, "sinceSeconds");
        OptionalLong tail = number(query, query.first("tail").isPresent() ? "tail" : "tailLines");
        OptionalLong limit = number(query, "limitBytes");
        boolean isSane = tail.orElse(0) >= 0
                && limit.orElse(1) >= 1
                && sinceSeconds.orElse(1) >= 1
                && (sinceTime.isEmpty() || sinceSeconds.isEmpty());
        if (!isSane) {
            throw new RefusedException(SENSELESS, "{\"message\": \"Invalid request.\"}");
        }
        String stream = query.first("stream").orElse("");
        if (!stream.isEmpty() && !stream.equals("All")) {
            throw new RefusedException(
                    UNREADABLE,
                    "unable to return the given log stream: \"%s\". Please enable PodLogsQuerySplitStreams feature gate in kubelet"
                            .formatted(stream));
        }
        return new LogOptions(
                query.isSet("follow"),
                query.isSet("previous"),
                query.isSet("timestamps"),
                tail,
                limit,
                sinceSeconds.isPresent() ? Optional.of(now.minusSeconds(sinceSeconds.getAsLong())) : sinceTime);
    }

    private static Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException malformed) {
            throw unreadable();
        }
    }

    private static OptionalLong number(Query query, String name) {
        Optional<String> text = query.first(name).filter(value -> !value.isEmpty());
        // Of old, `tail=all` says what saying nothing says.
        if (text.isEmpty() || name.equals("tail") && text.get().equals("all")) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(text.get()));
        } catch (NumberFormatException malformed) {
            throw unreadable();
        }
    }

    private static RefusedException unreadable() {
        return new RefusedException(UNREADABLE, "{\"message\": \"Unable to decode query.\"}");
    }
}
