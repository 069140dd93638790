package dev.longshore.kinds.cel;

import dev.longshore.model.Authorizer;
import dev.longshore.model.UserInfo;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What expressions about one request are told; a missing node (or null) for what there is not.
///
/// @param object what shall be stored, in the version that was asked for
/// @param old what is stored
/// @param params the object that configures whoever asks
/// @param request the AdmissionRequest, without its objects
/// @param namespace the Namespace of the object
/// @param permissions empty for expressions that may not ask
public record AdmissionInput(
        JsonNode object,
        JsonNode old,
        JsonNode params,
        JsonNode request,
        JsonNode namespace,
        Optional<Permissions> permissions) {

    /// Whom to ask what the user may do, and what the request is about.
    ///
    /// @param asked verb and version do not count
    public record Permissions(UserInfo user, Authorizer authorizer, Authorizer.Attributes asked) {}
}
