package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// In which form a client wants its answer, by its `Accept` header.
///
/// @param includeObject of tables: `None`, `Metadata` or `Object`
record Representation(Form form, boolean isYaml, boolean isPretty, String includeObject) {

    /// What is shown of an object.
    enum Form {
        /// All of it.
        OBJECT,
        /// A row for people.
        TABLE,
        /// Its metadata.
        METADATA
    }

    private static final Set<String> JSON_TYPES = Set.of("application/json", "application/*", "*/*");
    private static final Set<String> AS_METADATA = Set.of("PartialObjectMetadata", "PartialObjectMetadataList");

    /// Whole objects as JSON.
    static final Representation PLAIN = new Representation(Form.OBJECT, false, false, "");

    /// The first of what the client accepts that can be had.
    ///
    /// @throws FaultException with [Fault.NotAcceptable]
    static Representation of(Request request, boolean isForObjects) {
        boolean isPretty = request.query().isSet("pretty");
        String includeObject = request.query().first("includeObject").orElse("Metadata");
        List<MediaRange> ranges = MediaRange.parse(request.headers().all("Accept"));
        if (ranges.isEmpty()) {
            return new Representation(Form.OBJECT, false, isPretty, includeObject);
        }
        for (MediaRange range : ranges) {
            boolean isJson = JSON_TYPES.contains(range.type);
            boolean isYaml = range.type.equals("application/yaml");
            String as = range.parameters.getOrDefault("as", "");
            boolean isKnown = as.isEmpty() || isForObjects && isTransformable(as, range);
            if (isKnown && (isJson || isYaml)) {
                Form form =
                        switch (as) {
                            case "" -> Form.OBJECT;
                            case "Table" -> Form.TABLE;
                            default -> Form.METADATA;
                        };
                return new Representation(form, isYaml, isPretty, includeObject);
            }
        }
        throw new FaultException(new Fault.NotAcceptable(
                "only the following media types are accepted: application/json, application/yaml"));
    }

    private static boolean isTransformable(String as, MediaRange range) {
        boolean isMeta = range.parameters.getOrDefault("g", "").equals("meta.k8s.io")
                && range.parameters.getOrDefault("v", "").startsWith("v1");
        return isMeta && (as.equals("Table") || AS_METADATA.contains(as));
    }

    /// True if stored bytes can be sent as they are.
    boolean isPlainJson() {
        return form == Form.OBJECT && !isYaml && !isPretty;
    }

    String contentType() {
        return isYaml ? "application/yaml" : "application/json";
    }

    /// One range of an `Accept` header.
    record MediaRange(String type, Map<String, String> parameters) {

        static List<MediaRange> parse(List<String> headers) {
            var ranges = new ArrayList<MediaRange>();
            for (String header : headers) {
                Arrays.stream(header.split(","))
                        .map(String::strip)
                        .filter(range -> !range.isEmpty())
                        .map(MediaRange::of)
                        .forEach(ranges::add);
            }
            ranges.sort(Comparator.comparingDouble(MediaRange::quality).reversed());
            return ranges;
        }

        private static MediaRange of(String text) {
            String[] parts = text.split(";");
            var parameters = new HashMap<String, String>();
            for (String part : Arrays.asList(parts).subList(1, parts.length)) {
                int equals = part.indexOf('=');
                if (equals > 0) {
                    parameters.put(
                            part.substring(0, equals).strip(),
                            part.substring(equals + 1).strip());
                }
            }
            return new MediaRange(parts[0].strip().toLowerCase(Locale.ROOT), parameters);
        }

        private double quality() {
            try {
                return Double.parseDouble(parameters.getOrDefault("q", "1"));
            } catch (NumberFormatException unreadable) {
                return 0;
            }
        }
    }
}
