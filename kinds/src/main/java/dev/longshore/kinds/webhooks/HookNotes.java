package dev.longshore.kinds.webhooks;

import dev.longshore.base.Json;
import dev.longshore.model.AuditNotes;
import dev.longshore.model.Call;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What webhooks say besides, to the client and to the audit, and what the audit is told of them.
///
/// @param hook of which it tells
/// @param round 0, or 1 when mutating webhooks are asked again
/// @param index of the webhook among those that are asked
record HookNotes(Hook hook, Call call, int round, int index) {

    private static final String MUTATION = "mutation.webhook.admission.k8s.io/";
    private static final String PATCH = "patch.webhook.admission.k8s.io/";
    private static final String VALIDATION = "validating.webhook.admission.k8s.io/";
    private static final String FAILED_OPEN = "failed-open.";

    void remarks(Outcome.Remarks remarks) {
        remarks.annotations().forEach((key, value) -> call.notes().add(hook.name() + "/" + key, value));
        call.warnings().addAll(remarks.warnings());
    }

    void failedOpen(boolean isMutating) {
        call.notes().add(place(FAILED_OPEN + (isMutating ? MUTATION : VALIDATION)), hook.name());
    }

    void mutation(boolean isChanged) {
        call.notes().add(place(MUTATION), start().put("mutated", isChanged).toString());
    }

    void patch(JsonNode operations) {
        ObjectNode note = start();
        note.set("patch", operations);
        call.notes()
                .add(
                        AuditNotes.Level.REQUEST,
                        place(PATCH),
                        note.put("patchType", "JSONPatch").toString());
    }

    private ObjectNode start() {
        return Json.object().put("configuration", hook.configuration()).put("webhook", hook.name());
    }

    private String place(String prefix) {
        return prefix + "round_" + round + "_index_" + index;
    }
}
