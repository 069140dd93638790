package dev.longshore.kinds.webhooks;

import dev.longshore.base.Json;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Fault;
import dev.longshore.model.GoBase64;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads what a webhook answers, and believes nothing of it before it is checked.
final class ReviewAnswer {

    private static final int UNAVAILABLE = 503;
    private static final int FIRST_FAILURE = 400;
    private static final String INVALID = "received invalid webhook response: ";

    private final String name;
    private final Review review;
    private final boolean isMutating;

    /// @param name of the webhook
    ReviewAnswer(String name, Review review, boolean isMutating) {
        this.name = name;
        this.review = review;
        this.isMutating = isMutating;
    }

    private static final class Nonsense extends Exception {
        private static final long serialVersionUID = 1L;

        Nonsense(String message) {
            super(message, null, false, false);
        }
    }

    Outcome read(JsonNode answer) {
        try {
            return checked(answer);
        } catch (Nonsense why) {
            return new Outcome.Failed(why.getMessage(), UNAVAILABLE);
        }
    }

    private Outcome checked(JsonNode answer) throws Nonsense {
        if (!(answer.path("response") instanceof ObjectNode response)) {
            throw new Nonsense(INVALID + "webhook response was absent");
        }
        if (review.version().equals("v1")) {
            identity(answer, response);
        }
        byte[] patch = patch(response);
        String type = patchType(response, patch);
        Outcome.Remarks remarks = remarks(response);
        if (!response.path("allowed").asBoolean(false)) {
            return new Outcome.Refused(denial(response.path("status")), remarks);
        }
        return new Outcome.Agreed(operations(patch, type), remarks);
    }

    private void identity(JsonNode answer, ObjectNode response) throws Nonsense {
        String uid = Trees.text(response, "uid");
        if (!uid.equals(review.uid())) {
            throw new Nonsense(INVALID + "expected response.uid=\"" + review.uid() + "\", got \"" + uid + "\"");
        }
        String version = Trees.text(answer, "apiVersion");
        String kind = Trees.text(answer, "kind");
        String wanted = Review.GROUP + review.version();
        if (!version.equals(wanted) || !kind.equals(Review.KIND)) {
            throw new Nonsense(INVALID + "expected webhook response of " + wanted + ", Kind=" + Review.KIND + ", got "
                    + (version.isEmpty() ? "/" : version) + ", Kind=" + kind);
        }
    }

    private static byte[] patch(ObjectNode response) throws Nonsense {
        try {
            return GoBase64.decode(Trees.text(response, "patch"));
        } catch (IllegalArgumentException none) {
            throw new Nonsense("failed to call webhook: " + none.getMessage());
        }
    }

    /// The type of the patch, in words of `v1`; empty if there is none to be applied.
    private String patchType(ObjectNode response, byte[] patch) throws Nonsense {
        boolean hasType = Trees.has(response, "patchType");
        String type = Trees.text(response, "patchType");
        if (!review.version().equals("v1")) {
            // In the old version nobody looked: there was but one type.
            return isMutating && patch.length > 0 ? "JSONPatch" : "";
        }
        if (!isMutating) {
            if (patch.length > 0) {
                throw new Nonsense(INVALID + "validating webhook may not return response.patch");
            }
            if (hasType) {
                throw new Nonsense(INVALID + "validating webhook may not return response.patchType");
            }
            return "";
        }
        if (patch.length > 0 && !hasType) {
            throw new Nonsense(INVALID + "webhook returned response.patch but not response.patchType");
        }
        if (patch.length == 0 && hasType) {
            throw new Nonsense(INVALID + "webhook returned response.patchType but not response.patch");
        }
        if (hasType && type.isEmpty()) {
            throw new Nonsense(INVALID + "webhook returned invalid response.patchType of \"\"");
        }
        return type;
    }

    private static JsonNode operations(byte[] patch, String type) throws Nonsense {
        if (type.isEmpty()) {
            return MissingNode.getInstance();
        }
        String undecodable = "received undecodable patch in webhook response: ";
        JsonNode operations;
        try {
            operations = Json.parse(patch);
        } catch (Json.MalformedException notJson) {
            throw new Nonsense(undecodable + notJson.getMessage());
        }
        if (!operations.isArray()) {
            throw new Nonsense(undecodable + "json: cannot unmarshal "
                    + dev.longshore.model.GoText.jsonTypeOf(operations) + " into Go value of type jsonpatch.Patch");
        }
        if (!operations.isEmpty() && !type.equals("JSONPatch")) {
            throw new Nonsense("unsupported patch type \"" + type + "\"");
        }
        return operations;
    }

    private static Outcome.Remarks remarks(ObjectNode response) {
        Map<String, String> annotations = new LinkedHashMap<>(Trees.texts(response, "auditAnnotations"));
        return new Outcome.Remarks(Trees.strings(response, "warnings"), annotations);
    }

    /// A Status, of which only what makes it a failure is ours to say.
    private Fault denial(JsonNode status) {
        String denied = "admission webhook \"" + name + "\" denied the request";
        String reason = Trees.text(status, "reason");
        String message = Trees.text(status, "message");
        String why = !message.isEmpty() ? ": " + message : !reason.isEmpty() ? ": " + reason : " without explanation";
        ObjectNode details = status.path("details") instanceof ObjectNode given ? given : Json.object();
        return new Fault.Denied(Math.max(FIRST_FAILURE, status.path("code").asInt(0)), reason, denied + why, details);
    }
}
