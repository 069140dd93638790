package dev.longshore.kinds.admission;

import dev.longshore.kinds.kit.Trees;
import dev.longshore.model.Admission.Attempt;
import dev.longshore.model.FaultException;
import dev.longshore.model.Resource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Where an account's annotation asks for it, its pods get no secrets but those that it lists.
///
/// @param account of the pod
record MountableSecrets(Attempt attempt, Resource account) {

    private static final String ANNOTATION = "kubernetes.io/enforce-mountable-secrets";
    /// What Go reads as true.
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");

    /// @throws FaultException if the pod wants another secret
    void check(Resource pod) {
        if (!isEnforced()) {
            return;
        }
        Set<String> secrets = names("secrets");
        for (ObjectNode volume : Trees.list(pod.tree(), "spec", "volumes")) {
            String secret = Trees.text(volume, "secret", "secretName");
            if (Trees.has(volume, "secret") && !secrets.contains(secret)) {
                throw refused("volume with secret.secretName=\"" + secret + "\"", "secret");
            }
        }
        containers(pod, "initContainers", "init container", secrets);
        containers(pod, "containers", "container", secrets);
        Set<String> pulls = names("imagePullSecrets");
        List<ObjectNode> asked = Trees.list(pod.tree(), "spec", "imagePullSecrets");
        for (int i = 0; i < asked.size(); i++) {
            String name = Trees.text(asked.get(i), "name");
            if (!pulls.contains(name)) {
                throw refused("imagePullSecrets[" + i + "].name=\"" + name + "\"", "imagePullSecret");
            }
        }
    }

    /// @throws FaultException if a container that is added to look at the pod wants another secret
    void checkEphemeral(Resource pod) {
        if (isEnforced()) {
            containers(pod, "ephemeralContainers", "ephemeral container", names("secrets"));
        }
    }

    private boolean isEnforced() {
        return TRUE.contains(account.annotations().getOrDefault(ANNOTATION, ""));
    }

    private Set<String> names(String list) {
        return Trees.list(account.tree(), list).stream()
                .map(reference -> Trees.text(reference, "name"))
                .collect(Collectors.toSet());
    }

    private void containers(Resource pod, String list, String what, Set<String> secrets) {
        for (ObjectNode container : Trees.list(pod.tree(), "spec", list)) {
            String beginning = what + " " + Trees.text(container, "name") + " with env";
            for (ObjectNode variable : Trees.list(container, "env")) {
                String secret = Trees.text(variable, "valueFrom", "secretKeyRef", "name");
                if (Trees.has(variable, "valueFrom", "secretKeyRef") && !secrets.contains(secret)) {
                    throw refused(
                            beginning + "Var " + Trees.text(variable, "name") + " referencing secret.secretName=\""
                                    + secret + "\"",
                            "secret");
                }
            }
            for (ObjectNode source : Trees.list(container, "envFrom")) {
                String secret = Trees.text(source, "secretRef", "name");
                if (Trees.has(source, "secretRef") && !secrets.contains(secret)) {
                    throw refused(beginning + "From referencing secret.secretName=\"" + secret + "\"", "secret");
                }
            }
        }
    }

    private FaultException refused(String what, String kind) {
        return Attempts.forbidden(
                attempt,
                what + " is not allowed because service account " + account.name() + " does not reference that "
                        + kind);
    }
}
