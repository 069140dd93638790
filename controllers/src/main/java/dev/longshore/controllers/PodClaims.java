package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes owner references of pods follow the selector of their controller: matching orphans are adopted, own
/// pods that no longer match are released.
final class PodClaims {

    private static final int NOT_FOUND = 404;
    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;

    PodClaims(KubernetesClient client) {
        this.client = client;
    }

    /// Those of `pods` that belong to `owner` now.
    List<Pod> claim(HasMetadata owner, LabelSelector selector, List<Pod> pods) {
        var claimed = new ArrayList<Pod>();
        for (Pod pod : pods) {
            boolean matches = Selectors.matches(selector, pod.getMetadata().getLabels());
            Optional<OwnerReference> controller = Keys.controller(pod);
            if (controller.isEmpty()) {
                if (matches && !Keys.isBeingDeleted(owner) && !Keys.isBeingDeleted(pod)) {
                    adopt(owner, pod).ifPresent(claimed::add);
                }
            } else if (controller.get().getUid().equals(owner.getMetadata().getUid())) {
                if (matches) {
                    claimed.add(pod);
                } else if (!Keys.isBeingDeleted(owner)) {
                    release(owner, pod);
                }
            }
        }
        return claimed;
    }

    private Optional<Pod> adopt(HasMetadata owner, Pod pod) {
        return edit(pod, owners -> {
            owners.add(Keys.controlledBy(owner));
            return owners;
        });
    }

    private void release(HasMetadata owner, Pod pod) {
        edit(pod, owners -> {
            owners.removeIf(
                    reference -> reference.getUid().equals(owner.getMetadata().getUid()));
            return owners;
        });
    }

    private Optional<Pod> edit(Pod pod, java.util.function.UnaryOperator<List<OwnerReference>> change) {
        try {
            Pod changed = new PodBuilder(pod)
                    .editMetadata()
                    .withOwnerReferences(
                            change.apply(new ArrayList<>(pod.getMetadata().getOwnerReferences())))
                    .endMetadata()
                    .build();
            return Optional.of(client.resource(changed).update());
        } catch (KubernetesClientException gone) {
            if (gone.getCode() == NOT_FOUND || gone.getCode() == UNPROCESSABLE) {
                return Optional.empty();
            }
            throw gone;
        }
    }
}
