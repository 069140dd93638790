package dev.longshore.model;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// Makes of what clients send what a kind knows, for kinds whose schemas say more than [Schema] can (custom
/// resources). It takes the place of [SchemaChecker]. Thread-safe.
public interface Cleaning {

    /// Checks and cleans `object`, which says of which version it is, in place.
    ///
    /// @return the paths of what it did not know and dropped, in the order in which clients are told
    /// @throws FaultException with [Fault.BadRequest] when it cannot be an object of its kind
    List<String> clean(ObjectNode object);
}
