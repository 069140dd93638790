package dev.longshore.kinds.webhooks;

import dev.longshore.base.Json;
import dev.longshore.kinds.matching.RequestFacts;
import dev.longshore.kinds.matching.RequestMatcher.Match;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.Resource;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/// An AdmissionReview: what a webhook is asked.
///
/// @param version `v1` or `v1beta1`
record Review(String uid, String version, ObjectNode tree) {

    static final String GROUP = "admission.k8s.io/";
    static final String KIND = "AdmissionReview";

    /// About `attempt`, seen as `match` says, in the first version that the hook reads; empty if it reads none of ours.
    static Optional<Review> of(Hook hook, Attempt attempt, Match match) {
        return hook.versions().stream()
                .filter(version -> version.equals("v1") || version.equals("v1beta1"))
                .findFirst()
                .map(version -> make(version, attempt, match));
    }

    private static Review make(String version, Attempt attempt, Match match) {
        String uid = UUID.randomUUID().toString();
        ObjectNode tree = Json.object().put("kind", KIND).put("apiVersion", GROUP + version);
        ObjectNode request = RequestFacts.request(attempt, match.kind(), match.resource());
        tree.set("request", request.put("uid", uid));
        JsonNode options = request.remove("options");
        JsonNode dryRun = request.remove("dryRun");
        put(request, "object", attempt.object(), attempt, match.kind());
        put(request, "oldObject", attempt.old(), attempt, match.kind());
        request.set("dryRun", dryRun);
        request.set("options", options == null ? NullNode.getInstance() : options);
        return new Review(uid, version, tree);
    }

    private static void put(
            ObjectNode request, String field, Optional<Resource> object, Attempt attempt, GroupVersionKind kind) {
        if (object.isPresent()) {
            request.set(field, attempt.setting().as(object.get(), kind).tree());
        } else {
            request.putNull(field);
        }
    }
}
