package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.Admission.Operation;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupResource;
import dev.longshore.model.Registry;
import dev.longshore.model.Resource;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A node gets tokens for the pods that are on it, for the audiences that these pods speak of.
final class NodeTokens {

    private static final GroupResource ACCOUNTS = new GroupResource("", "serviceaccounts");

    private final KindsContext context;

    NodeTokens(KindsContext context) {
        this.context = context;
    }

    void check(Attempt attempt, Registry registry, String node) {
        if (attempt.operation() != Operation.CREATE || !attempt.subresource().equals("token")) {
            return;
        }
        JsonNode spec = attempt.object().orElseThrow().at("spec");
        JsonNode bound = spec.path("boundObjectRef");
        String name = Trees.text(bound, "name");
        boolean isBound = Trees.text(bound, "apiVersion").equals("v1")
                && Trees.text(bound, "kind").equals("Pod")
                && !name.isEmpty();
        if (!isBound) {
            throw forbidden(attempt, "node requested token not bound to a pod");
        }
        String uid = Trees.text(bound, "uid");
        if (uid.isEmpty()) {
            throw forbidden(attempt, "node requested token with a pod binding without a uid");
        }
        Resource pod = registry.get(Attempts.PODS, attempt.namespace(), name)
                .orElseThrow(() -> new FaultException(new Fault.NotFound(Attempts.PODS, name)));
        if (!uid.equals(pod.uid())) {
            throw forbidden(
                    attempt,
                    "the UID in the bound object reference (" + uid + ") does not match the UID in record. The object"
                            + " might have been deleted and then recreated");
        }
        if (!pod.text("spec", "nodeName").equals(node)) {
            throw forbidden(attempt, "node requested token bound to a pod scheduled on a different node");
        }
        audience(attempt, registry, pod, Trees.strings(spec, "audiences"));
    }

    private void audience(Attempt attempt, Registry registry, Resource pod, List<String> audiences) {
        if (audiences.size() > 1) {
            throw forbidden(attempt, "node may only request 0 or 1 audiences");
        }
        String audience = audiences.isEmpty() ? "" : audiences.getFirst();
        var volumes = new VolumeAudiences(registry, pod);
        if (volumes.have(audience)) {
            return;
        }
        if (!volumes.flaws().isEmpty()) {
            throw forbidden(attempt, "error validating audience \"" + audience + "\": " + volumes.flaws());
        }
        boolean isAllowed = context.authorizer()
                        .get()
                        .authorize(new Authorizer.Attributes(
                                attempt.call().user(),
                                "request-serviceaccounts-token-audience",
                                "",
                                "v1",
                                audience,
                                "",
                                attempt.namespace(),
                                attempt.name(),
                                ""))
                instanceof Authorizer.Decision.Allow;
        if (!isAllowed) {
            throw forbidden(
                    attempt,
                    "audience \"" + audience + "\" not found in pod spec volume, "
                            + attempt.call().user().name()
                            + " is not authorized to request tokens for this audience");
        }
    }

    private static FaultException forbidden(Attempt attempt, String detail) {
        return new FaultException(new Fault.Forbidden(ACCOUNTS, attempt.name(), detail));
    }
}
