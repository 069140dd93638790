package dev.longshore.apiserver;

import dev.longshore.apiserver.objects.StoredObject;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.ResourceDefinition;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// How answers become bytes. Another representation is another class, listed in [Encodings]. Thread-safe.
interface Encoding {

    String mediaType();

    /// Whether objects of `kind` have this form.
    boolean knows(GroupVersionKind kind);

    /// An answer of whatever kind it says it is.
    ///
    /// @param isPretty with indentation, where that makes a difference
    byte[] tree(JsonNode tree, boolean isPretty);

    /// An object as it is stored.
    byte[] object(ResourceDefinition definition, StoredObject stored);

    /// A list of objects as they are stored.
    byte[] list(ResourceDefinition definition, JsonNode metadata, List<StoredObject> objects);

    /// Whether watches can be answered in this form.
    boolean streams();

    /// Whether the events of watches are lines of text; others stand behind their length in four bytes.
    boolean isText();

    /// The Content-Type of a watch; what clients may accept is this or `mediaType;stream=watch`.
    String streamType();

    /// An event, as the stream of a watch carries it.
    ///
    /// @param type `ADDED`, `MODIFIED` …
    /// @param object as [#object] or [#tree] gives it
    byte[] event(String type, byte[] object);
}
