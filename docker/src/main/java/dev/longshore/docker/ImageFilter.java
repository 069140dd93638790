package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.images.Image;
import dev.longshore.images.ImageStore;
import dev.longshore.images.Reference;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;

/// The `filters` of requests about images: `{"reference":{"hello*":true},"dangling":{"true":true}}`, or lists
/// in place of the inner objects.
record ImageFilter(Map<String, List<String>> filters, ImageStore store) {

    static ImageFilter parse(String json, ImageStore store) {
        var filters = new HashMap<String, List<String>>();
        if (!json.isEmpty()) {
            Json.parse(json).properties().forEach(entry -> {
                var values = new ArrayList<String>();
                JsonNode inner = entry.getValue();
                if (inner.isArray()) {
                    inner.forEach(value -> values.add(value.asString("")));
                } else {
                    inner.properties().forEach(value -> values.add(value.getKey()));
                }
                filters.put(entry.getKey(), List.copyOf(values));
            });
        }
        return new ImageFilter(Map.copyOf(filters), store);
    }

    /// True if pruning means every unused image, not only nameless ones.
    boolean all() {
        return values("dangling").stream().anyMatch(value -> value.equals("false") || value.equals("0"));
    }

    boolean accepts(Image image) {
        List<String> dangling = values("dangling");
        if (!dangling.isEmpty()) {
            boolean wanted = dangling.contains("true") || dangling.contains("1");
            if (wanted != image.names().isEmpty()) {
                return false;
            }
        }
        for (String label : values("label")) {
            int equals = label.indexOf('=');
            String actual = image.config().run().labels().get(equals < 0 ? label : label.substring(0, equals));
            if (actual == null || equals >= 0 && !actual.equals(label.substring(equals + 1))) {
                return false;
            }
        }
        return values("reference").isEmpty() || image.names().stream().anyMatch(this::matches);
    }

    /// The image with only the names that were asked for.
    Image narrowed(Image image) {
        if (values("reference").isEmpty()) {
            return image;
        }
        return image.only(image.names().stream().filter(this::matches).toList());
    }

    /// True if it was made before the `until` that was asked for, a duration or a time in seconds.
    boolean isOldEnough(Image image, Instant now) {
        for (String until : values("until")) {
            Instant made = image.config().created().orElse(Instant.EPOCH);
            if (made.isAfter(limit(until, now))) {
                return false;
            }
        }
        return true;
    }

    private static Instant limit(String until, Instant now) {
        try {
            return until.matches("[0-9.]+")
                    ? Instant.ofEpochSecond((long) Double.parseDouble(until))
                    : now.minus(Duration.parse("PT" + until));
        } catch (java.time.format.DateTimeParseException wrong) {
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
        } catch (dev.longshore.images.ImageFaultException aPatternOnly) {
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
}
