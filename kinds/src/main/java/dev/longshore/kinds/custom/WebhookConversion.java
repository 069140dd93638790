package dev.longshore.kinds.custom;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import dev.longshore.model.OutboundCall;
import dev.longshore.model.Resource;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Versions of a custom kind that only a webhook can make of each other. What it answers is not believed in all: each
/// object must be the same one, of the version that was asked for, and of its metadata only labels and annotations can
/// change.
///
/// @param conversion as the definition says it
record WebhookConversion(JsonNode conversion, OutboundCall calls) {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<String> REVIEWS = List.of("v1", "v1beta1");
    private static final String GROUP = "apiextensions.k8s.io/";

    /// Makes `objects`, all of one version, those of `target` in place, with one call.
    ///
    /// @throws FaultException with [Fault.Internal] when the webhook does not
    void convert(List<Resource> objects, GroupVersionKind target) {
        GroupVersionKind from = objects.getFirst().kind();
        JsonNode webhook = conversion.path("webhook");
        ObjectNode review = review(objects, target);
        JsonNode answer;
        try {
            answer = calls.post(webhook.path("clientConfig"), review, LIMIT);
        } catch (OutboundCall.Failed failed) {
            throw fault("conversion webhook for " + shown(from) + " failed: " + failed.getMessage(), failed);
        }
        List<JsonNode> converted = converted(review, answer, from);
        if (converted.size() != objects.size()) {
            throw fault(
                    "conversion webhook for %s returned %d objects, expected %d"
                            .formatted(shown(from), converted.size(), objects.size()),
                    null);
        }
        for (int i = 0; i < objects.size(); i++) {
            String invalid =
                    "conversion webhook for " + shown(from) + " returned invalid converted object at index " + i + ": ";
            if (!(converted.get(i) instanceof ObjectNode one)) {
                throw fault(invalid + "it is no object", null);
            }
            take(objects.get(i), new Resource(one.deepCopy()), target, invalid);
        }
    }

    private ObjectNode review(List<Resource> objects, GroupVersionKind target) {
        String version = Trees.strings(conversion, "webhook", "conversionReviewVersions").stream()
                .filter(REVIEWS::contains)
                .findFirst()
                .orElse("v1");
        ObjectNode review = Json.object().put("kind", "ConversionReview").put("apiVersion", GROUP + version);
        ObjectNode request = review.putObject("request")
                .put("uid", UUID.randomUUID().toString())
                .put("desiredAPIVersion", target.apiVersion());
        ArrayNode array = request.putArray("objects");
        objects.forEach(object -> array.add(object.tree().deepCopy()));
        return review;
    }

    private static List<JsonNode> converted(JsonNode review, JsonNode answer, GroupVersionKind from) {
        String uid = Trees.text(review, "request", "uid");
        JsonNode response = answer.path("response");
        if (!Trees.text(response, "uid").equals(uid)) {
            throw fault(
                    "conversion webhook for " + shown(from) + " failed: expected response.uid=\"" + uid + "\", got \""
                            + Trees.text(response, "uid") + "\"",
                    null);
        }
        if (!Trees.text(response, "result", "status").equals("Success")) {
            String why = Trees.text(response, "result", "message");
            throw fault("conversion webhook for " + shown(from) + " failed: " + why, null);
        }
        return response.path("convertedObjects").valueStream().toList();
    }

    private static void take(Resource object, Resource converted, GroupVersionKind target, String invalid) {
        if (!converted.kind().equals(target)) {
            throw fault(
                    invalid + "invalid groupVersion (requested " + target.apiVersion() + ", returned "
                            + converted.text("apiVersion") + ")",
                    null);
        }
        for (String field : List.of("name", "namespace", "uid")) {
            if (!converted.text("metadata", field).equals(object.text("metadata", field))) {
                throw fault(invalid + "metadata." + field + " cannot be changed", null);
            }
        }
        ObjectNode metadata = object.metadata().deepCopy();
        for (String field : List.of("labels", "annotations")) {
            JsonNode own = converted.metadata().get(field);
            if (own instanceof ObjectNode) {
                metadata.set(field, own);
            } else {
                metadata.remove(field);
            }
        }
        object.tree().removeAll();
        object.tree().setAll(converted.tree());
        object.tree().set("metadata", metadata);
    }

    private static String shown(GroupVersionKind kind) {
        return kind.apiVersion() + ", Kind=" + kind.kind();
    }

    private static FaultException fault(String message, Throwable cause) {
        var fault = new Fault.Internal(message);
        return cause == null ? new FaultException(fault) : new FaultException(fault, cause);
    }
}
