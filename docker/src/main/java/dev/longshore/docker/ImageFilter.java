package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.ImageStore;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/// The `filters` of requests about images: `{"reference":{"hello*":true},"dangling":{"true":true}}`, or lists
/// in place of the inner objects.
record ImageFilter(Map<String, List<String>> filters, ImageStore store, Instant now) {

    /// What `GET /images/json` takes.
    static final Set<String> LISTING = Set.of("dangling", "label", "label!", "before", "since", "reference", "until");

    /// What `POST /images/prune` takes.
    static final Set<String> PRUNING = Set.of("dangling", "label", "label!", "until");

    ImageFilter {
        filters = Map.copyOf(filters);
    }

    /// @param known which names make sense here
    static ImageFilter parse(String json, Set<String> known, ImageStore store, Instant now) {
        var filters = new HashMap<String, List<String>>();
        if (!json.isEmpty()) {
            JsonNode tree = Json.parse(json);
            if (!tree.isObject()) {
                throw invalid("invalid filter");
            }
            tree.properties().forEach(entry -> {
                if (!known.contains(entry.getKey())) {
                    throw invalid("invalid filter '" + entry.getKey() + "'");
                }
                filters.put(entry.getKey(), values(entry.getValue()));
            });
        }
        return new ImageFilter(filters, store, now);
    }

    /// True if what is asked of `dangling` is true, or nothing is and `otherwise` is.
    boolean isDangling(boolean otherwise) {
        List<String> asked = values("dangling");
        if (asked.isEmpty()) {
            return otherwise;
        }
        boolean yes = asked.contains("true") || asked.contains("1");
        boolean no = asked.contains("false") || asked.contains("0");
        if (yes == no) {
            throw invalid("invalid filter 'dangling=[" + String.join(" ", asked) + "]'");
        }
        return yes;
    }

    /// All that was asked but `name`.
    ImageFilter without(String name) {
        var fewer = new HashMap<>(filters);
        fewer.remove(name);
        return new ImageFilter(fewer, store, now);
    }

    /// True if all that was asked holds for `image`, names apart.
    boolean accepts(Image image) throws IOException {
        boolean isDangling = image.names().isEmpty();
        return (values("dangling").isEmpty() || isDangling(false) == isDangling)
                && hasLabels(image.config().run().labels())
                && isInTime(created(image));
    }

    /// The image with only the names that were asked for; empty if it has none of them.
    Optional<Image> narrowed(Image image) {
        if (values("reference").isEmpty()) {
            return Optional.of(image);
        }
        List<Reference> names = image.names().stream().filter(this::matches).toList();
        List<Reference> digests = image.digests().stream()
                .filter(digest -> matches(digest)
                        || names.stream().anyMatch(name -> name.repository().equals(digest.repository())))
                .toList();
        return names.isEmpty() && digests.isEmpty()
                ? Optional.empty()
                : Optional.of(new Image(
                        image.id(),
                        image.target(),
                        image.manifestDigest(),
                        image.manifest(),
                        image.config(),
                        names,
                        digests,
                        image.size()));
    }

    private boolean hasLabels(Map<String, String> labels) {
        return values("label").stream().allMatch(wanted -> isThere(wanted, labels))
                && values("label!").stream().noneMatch(unwanted -> isThere(unwanted, labels));
    }

    private static boolean isThere(String wanted, Map<String, String> labels) {
        int equals = wanted.indexOf('=');
        String actual = labels.get(equals < 0 ? wanted : wanted.substring(0, equals));
        return actual != null && (equals < 0 || actual.equals(wanted.substring(equals + 1)));
    }

    private boolean isInTime(Instant created) throws IOException {
        for (String until : values("until")) {
            if (!created.isBefore(limit(until))) {
                return false;
            }
        }
        for (String other : values("before")) {
            if (!created.isBefore(created(store.get(other)))) {
                return false;
            }
        }
        for (String other : values("since")) {
            if (!created.isAfter(created(store.get(other)))) {
                return false;
            }
        }
        return true;
    }

    private static Instant created(Image image) {
        return image.config().created().orElse(Instant.EPOCH);
    }

    /// A moment (seconds, RFC 3339, a date) or a Go duration before now.
    private Instant limit(String until) {
        try {
            if (until.matches("[0-9]+(\\.[0-9]+)?")) {
                return Instant.ofEpochMilli((long) (Double.parseDouble(until) * 1000));
            }
            if (until.matches("[0-9]{4}-.*")) {
                String full = until.length() == "2006-01-02".length() ? until + "T00:00:00Z" : until;
                return OffsetDateTime.parse(full.matches(".*(Z|[+-][0-9]{2}:[0-9]{2})") ? full : full + "Z")
                        .toInstant();
            }
            return now.minus(Duration.parse("PT" + until.toUpperCase(java.util.Locale.ROOT)));
        } catch (DateTimeParseException wrong) {
            throw new Json.MalformedException("invalid filter 'until': " + until, wrong);
        }
    }

    private boolean matches(Reference name) {
        return values("reference").stream().anyMatch(pattern -> matches(pattern, name));
    }

    private boolean matches(String pattern, Reference name) {
        if (glob(pattern, name.familiar())
                || glob(pattern, name.familiarRepository())
                || glob(pattern, name.toString())) {
            return true;
        }
        try {
            Reference wanted = Reference.parse(pattern);
            return store.isOwn(wanted) && store.canonical(wanted).equals(name);
        } catch (ImageFaultException aPatternOnly) {
            return false;
        }
    }

    private static boolean glob(String pattern, String text) {
        try {
            return FileSystems.getDefault().getPathMatcher("glob:" + pattern).matches(Path.of(text));
        } catch (PatternSyntaxException wrong) {
            return false;
        }
    }

    private List<String> values(String name) {
        return filters.getOrDefault(name, List.of());
    }

    private static List<String> values(JsonNode node) {
        var values = new ArrayList<String>();
        if (node.isArray()) {
            node.forEach(value -> values.add(value.asString("")));
        } else {
            node.properties().forEach(value -> values.add(value.getKey()));
        }
        return List.copyOf(values);
    }

    private static Json.MalformedException invalid(String message) {
        return new Json.MalformedException(message, null);
    }
}
