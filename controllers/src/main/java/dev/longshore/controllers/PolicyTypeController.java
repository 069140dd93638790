package dev.longshore.controllers;

import dev.longshore.base.Json;
import dev.longshore.client.ControllerLoop;
import dev.longshore.client.Informers;
import dev.longshore.client.Outcome;
import dev.longshore.client.Patches;
import dev.longshore.client.Reconciler;
import dev.longshore.kinds.policies.PolicyTypeCheck;
import dev.longshore.model.Resource;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Writes into the status of each ValidatingAdmissionPolicy what is doubtful about its expressions, by the types
/// of what it is for.
final class PolicyTypeController implements Reconciler {

    static final String NAME = "validatingadmissionpolicy-status-controller";

    private static final String MANAGER = "validatingadmissionpolicy-status";
    private static final int WORKERS = 1;

    private final Informers informers;
    private final KubernetesClient client;
    private final PolicyTypeCheck check;

    private PolicyTypeController(ControllerContext context) {
        this.informers = context.informers();
        this.client = context.clients().apply(NAME);
        this.check = new PolicyTypeCheck(new ServedTypes(client));
    }

    static Controller create(ControllerContext context) {
        var loop = new ControllerLoop(NAME, new PolicyTypeController(context), WORKERS, context.time());
        context.informers()
                .onChange(
                        ValidatingAdmissionPolicy.class, policy -> loop.queue().add(Keys.of(policy)));
        return Controller.of(NAME, loop);
    }

    @Override
    public Outcome reconcile(String name) {
        Optional<ValidatingAdmissionPolicy> found = informers.find(ValidatingAdmissionPolicy.class, name);
        if (found.isEmpty()) {
            return Outcome.done();
        }
        Resource policy = Resource.parse(Serialization.asJson(found.get()).getBytes(StandardCharsets.UTF_8));
        if (policy.generation() > policy.at("status", "observedGeneration").asLong(0)) {
            write(name, status(policy.generation(), check.check(policy)));
        }
        return Outcome.done();
    }

    private static ObjectNode status(long generation, List<PolicyTypeCheck.Warning> warnings) {
        ObjectNode status = Json.object().put("observedGeneration", generation);
        ObjectNode checking = status.putObject("typeChecking");
        if (!warnings.isEmpty()) {
            var list = checking.putArray("expressionWarnings");
            warnings.forEach(
                    warning -> list.addObject().put("fieldRef", warning.field()).put("warning", warning.text()));
        }
        return status;
    }

    private void write(String name, ObjectNode status) {
        ObjectNode patch = Json.object()
                .put("apiVersion", "admissionregistration.k8s.io/v1")
                .put("kind", "ValidatingAdmissionPolicy");
        patch.putObject("metadata").put("name", name);
        patch.set("status", status);
        Patches.apply(
                client,
                "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/%s/status".formatted(name),
                MANAGER,
                patch);
    }
}
