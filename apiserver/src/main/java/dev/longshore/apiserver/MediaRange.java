package dev.longshore.apiserver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One range of an `Accept` header.
///
/// @param type with its subtype, as `application/json` or `*/*`
/// @param parameters without the quality
record MediaRange(String type, Map<String, String> parameters, double quality) {

    private static final String ANY = "*";

    MediaRange {
        parameters = Map.copyOf(parameters);
    }

    /// The ranges of a header in the order in which kube-apiserver (the library goautoneg) tries them: by quality,
    /// what names a type before what takes any. What cannot be read is passed over.
    static List<MediaRange> parse(List<String> headers) {
        var ranges = new ArrayList<MediaRange>();
        if (headers.isEmpty()) {
            return ranges;
        }
        for (String text : headers.getFirst().split(",")) {
            String[] parts = text.split(";");
            String[] type = parts.length == 0 ? new String[0] : parts[0].split("/", -1);
            boolean isAny = type.length == 1 && type[0].strip().equals(ANY);
            if (isAny || type.length == 2) {
                insert(ranges, of(type[0].strip() + "/" + (isAny ? ANY : type[1].strip()), parts));
            }
        }
        return ranges;
    }

    private static MediaRange of(String type, String[] parts) {
        var parameters = new HashMap<String, String>();
        double quality = 1;
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals < 0) {
                continue;
            }
            String name = parts[i].substring(0, equals).strip();
            String value = parts[i].substring(equals + 1).strip();
            if (name.equals("q")) {
                quality = number(value);
            } else {
                parameters.put(name, value);
            }
        }
        return new MediaRange(type, parameters, quality);
    }

    private static double number(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException unreadable) {
            return 0;
        }
    }

    /// The comparison is no order (a named type beats `*` whatever their qualities), so that how it is used counts.
    private static void insert(List<MediaRange> ranges, MediaRange range) {
        int at = ranges.size();
        while (at > 0 && range.isBefore(ranges.get(at - 1))) {
            at--;
        }
        ranges.add(at, range);
    }

    private boolean isBefore(MediaRange other) {
        return quality > other.quality
                || !takesAnyType() && other.takesAnyType()
                || !takesAnySubtype() && other.takesAnySubtype();
    }

    private boolean takesAnyType() {
        return type.startsWith("*/");
    }

    private boolean takesAnySubtype() {
        return type.endsWith("/*");
    }

    boolean takes(String mediaType) {
        int slash = mediaType.indexOf('/');
        return type.equals(mediaType)
                || type.equals("*/*")
                || takesAnySubtype() && type.regionMatches(0, mediaType, 0, slash + 1);
    }
}
