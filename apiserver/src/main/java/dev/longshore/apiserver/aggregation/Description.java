package dev.longshore.apiserver.aggregation;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// How the server behind an APIService describes it.
///
/// @param part where its document of version 3 is: path and query; empty if it has none
/// @param swagger its share of a document of version 2; not to be changed
/// @param tag another one means that the share is another
public record Description(String part, Optional<ObjectNode> swagger, String tag) {

    static final Description NOTHING = new Description("", Optional.empty(), "");

    /// Shares are compared by their tags: they are large.
    @Override
    public boolean equals(Object other) {
        return other instanceof Description(String otherPart, Optional<ObjectNode> _, String otherTag)
                && part.equals(otherPart)
                && tag.equals(otherTag);
    }

    @Override
    public int hashCode() {
        return 31 * part.hashCode() + tag.hashCode();
    }
}
