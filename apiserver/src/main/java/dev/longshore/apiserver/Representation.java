package dev.longshore.apiserver;

import dev.longshore.http.Request;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// In which form a client wants its answer, by its `Accept` header.
///
/// @param form what is shown of an object
/// @param metaVersion of `meta.k8s.io`, in which tables and metadata are shown
/// @param isPretty with indentation
/// @param includeObject of tables: `None`, `Metadata`, `Object`, or empty for `Metadata`
record Representation(Form form, String metaVersion, Encoding encoding, boolean isPretty, String includeObject) {

    /// What is shown of an object.
    enum Form {
        /// All of it.
        OBJECT,
        /// A row for people.
        TABLE,
        /// Its metadata.
        METADATA,
        /// The metadata of all of a list.
        METADATA_LIST
    }

    /// What can be had.
    ///
    /// @param encodings of whole objects
    /// @param transformed encodings of their metadata; empty where there are no objects
    /// @param hasTable whether rows can be had; they are JSON or YAML
    /// @param isStream whether the answer is a watch
    record Offer(Encodings encodings, Encodings transformed, boolean hasTable, boolean isStream) {

        /// Answers that are nothing but themselves.
        static Offer plain(Encodings encodings) {
            return new Offer(encodings, new Encodings(List.of()), false, false);
        }
    }

    private static final String META_GROUP = "meta.k8s.io";
    private static final String V1 = "v1";
    private static final Set<String> META_VERSIONS = Set.of(V1, "v1beta1");
    private static final Set<String> TEXT_TYPES = Set.of("application/json", "application/yaml");
    private static final Set<String> YES = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> INCLUDES = Set.of("", "None", "Metadata", "Object");

    /// Whole objects as JSON.
    static final Representation PLAIN = new Representation(Form.OBJECT, V1, Encodings.JSON, false, "");

    /// Of answers that are no objects, in what needs no codec.
    ///
    /// @throws FaultException with [Fault.NotAcceptable]
    static Representation of(Request request, boolean isForObjects) {
        Offer offer = new Offer(Encodings.TEXT, Encodings.TEXT, isForObjects, false);
        return of(request, isForObjects ? offer : Offer.plain(Encodings.TEXT));
    }

    /// The first of what the client accepts that can be had.
    ///
    /// @throws FaultException with [Fault.NotAcceptable]
    static Representation of(Request request, Offer offer) {
        Representation found =
                find(request, offer).orElseThrow(() -> offer.encodings().notAcceptable(""));
        if (offer.isStream && !found.encoding.streams()) {
            throw offer.encodings().ofStreams().notAcceptable(Encodings.STREAM);
        }
        if (found.form == Form.TABLE && !INCLUDES.contains(found.includeObject)) {
            throw new FaultException(
                    new Fault.BadRequest("Unable to convert to Table as requested: includeObject: Invalid value: \""
                            + found.includeObject + "\": must be 'Metadata', 'Object', 'None', or empty"));
        }
        return found;
    }

    /// As [#of(Request, Offer)]; empty if there is none.
    static Optional<Representation> find(Request request, Offer offer) {
        List<String> header = request.headers().all("Accept");
        if (header.isEmpty() || header.getFirst().isEmpty()) {
            return Optional.of(
                    new Representation(Form.OBJECT, V1, Encodings.JSON, isPretty(request), includeObject(request)));
        }
        for (MediaRange range : MediaRange.parse(header)) {
            boolean isTransformed = List.of("as", "g", "v").stream().anyMatch(range.parameters()::containsKey);
            Encodings encodings = isTransformed ? offer.transformed : offer.encodings;
            for (Encoding encoding : encodings.all()) {
                if (range.takes(encoding.mediaType())) {
                    Optional<Form> form = form(range.parameters(), encoding, offer);
                    if (form.isPresent()) {
                        return Optional.of(accepted(request, range.parameters(), form.get(), encoding));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Representation accepted(
            Request request, Map<String, String> parameters, Form form, Encoding encoding) {
        boolean isPretty =
                isPretty(request) || parameters.getOrDefault("pretty", "").equals("1");
        return new Representation(form, parameters.getOrDefault("v", V1), encoding, isPretty, includeObject(request));
    }

    /// Empty if what the parameters ask for cannot be had in this encoding.
    private static Optional<Form> form(Map<String, String> parameters, Encoding encoding, Offer offer) {
        String stream = parameters.getOrDefault("stream", "");
        String serverVersion = parameters.getOrDefault("sv", "");
        boolean isStreamRefused = !stream.isEmpty() && !(stream.equals("watch") && encoding.streams());
        boolean isVersionRefused = !serverVersion.isEmpty() && !serverVersion.equals(V1);
        if (isStreamRefused || isVersionRefused) {
            return Optional.empty();
        }
        boolean isTransformed = List.of("as", "g", "v").stream().anyMatch(parameters::containsKey);
        if (!isTransformed) {
            return Optional.of(Form.OBJECT);
        }
        boolean isMeta = parameters.getOrDefault("g", "").equals(META_GROUP)
                && META_VERSIONS.contains(parameters.getOrDefault("v", ""));
        if (!isMeta) {
            return Optional.empty();
        }
        return switch (parameters.getOrDefault("as", "")) {
            case "Table" ->
                offer.hasTable && TEXT_TYPES.contains(encoding.mediaType())
                        ? Optional.of(Form.TABLE)
                        : Optional.empty();
            case "PartialObjectMetadata" -> Optional.of(Form.METADATA);
            case "PartialObjectMetadataList" -> Optional.of(Form.METADATA_LIST);
            default -> Optional.empty();
        };
    }

    /// What the query says, else what a person would like: those who use a browser or a plain HTTP tool.
    private static boolean isPretty(Request request) {
        String asked = request.query().first("pretty").orElse("");
        if (!asked.isEmpty()) {
            return YES.contains(asked);
        }
        String agent = request.headers().first("User-Agent").orElse("");
        return agent.startsWith("curl") || agent.startsWith("Wget") || agent.startsWith("Mozilla/5.0");
    }

    private static String includeObject(Request request) {
        return request.query().first("includeObject").orElse("");
    }

    Representation asPretty() {
        return new Representation(form, metaVersion, encoding, true, includeObject);
    }

    /// Whether stored bytes go out without a look at what they say.
    boolean isAsStored() {
        return form == Form.OBJECT && !isPretty;
    }

    byte[] bytes(tools.jackson.databind.JsonNode tree) {
        return encoding.tree(tree, isPretty);
    }

    String contentType() {
        return encoding.mediaType();
    }
}
