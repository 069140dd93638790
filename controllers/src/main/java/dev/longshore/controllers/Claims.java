package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// Makes owner references of what a controller keeps follow its selector: matching orphans are adopted, own
/// objects that no longer match are released.
final class Claims {

    private static final int UNPROCESSABLE = 422;

    private final KubernetesClient client;
    private final String finalizer;
    private final BiConsumer<HasMetadata, HasMetadata> adopted;

    Claims(KubernetesClient client) {
        this(client, "", (owner, object) -> {});
    }

    /// @param written hears of adoptions
    Claims(KubernetesClient client, WrittenVersions written) {
        this(client, "", written::wrote);
    }

    /// @param finalizer that comes with adoption and goes with release
    /// @param written hears of adoptions
    Claims(KubernetesClient client, String finalizer, WrittenVersions written) {
        this(client, finalizer, written::wrote);
    }

    private Claims(KubernetesClient client, String finalizer, BiConsumer<HasMetadata, HasMetadata> adopted) {
        this.client = client;
        this.finalizer = finalizer;
        this.adopted = adopted;
    }

    /// Those of `objects` that belong to `owner` now.
    <T extends HasMetadata> List<T> claim(HasMetadata owner, LabelSelector selector, List<T> objects) {
        return claim(
                owner,
                object -> Selectors.matches(selector, object.getMetadata().getLabels()),
                objects);
    }

    /// The same, by a rule of the caller's.
    <T extends HasMetadata> List<T> claim(HasMetadata owner, Predicate<T> matches, List<T> objects) {
        var claimed = new ArrayList<T>();
        boolean isChecked = false;
        for (T object : objects) {
            Optional<OwnerReference> controller = Keys.controller(object);
            if (controller.isEmpty()) {
                if (!Keys.isBeingDeleted(owner) && !Keys.isBeingDeleted(object) && matches.test(object)) {
                    if (!isChecked) {
                        checkAlive(owner);
                        isChecked = true;
                    }
                    adopt(owner, object).ifPresent(claimed::add);
                }
            } else if (controller.get().getUid().equals(owner.getMetadata().getUid())) {
                if (matches.test(object)) {
                    claimed.add(object);
                } else if (!Keys.isBeingDeleted(owner)) {
                    release(owner, object);
                }
            }
        }
        return claimed;
    }

    /// The informer may lag behind the owner's deletion: what were adopted then would be lost with it, and an
    /// orphaning deletion would be undone.
    private void checkAlive(HasMetadata owner) {
        HasMetadata stored = client.resource(owner).get();
        if (stored == null
                || !Objects.equals(
                        stored.getMetadata().getUid(), owner.getMetadata().getUid())) {
            throw Refusals.conflict("%s %s is gone".formatted(owner.getKind(), Keys.of(owner)));
        }
        if (Keys.isBeingDeleted(stored)) {
            throw Refusals.conflict("%s %s has just been deleted at %s"
                    .formatted(
                            owner.getKind(),
                            Keys.of(owner),
                            stored.getMetadata().getDeletionTimestamp()));
        }
    }

    private <T extends HasMetadata> Optional<T> adopt(HasMetadata owner, T orphan) {
        T changed = client.getKubernetesSerialization().clone(orphan);
        var metadata = changed.getMetadata();
        var owners = new ArrayList<>(metadata.getOwnerReferences());
        owners.add(Keys.controlledBy(owner));
        metadata.setOwnerReferences(owners);
        if (!finalizer.isEmpty() && !metadata.getFinalizers().contains(finalizer)) {
            var finalizers = new ArrayList<>(metadata.getFinalizers());
            finalizers.add(finalizer);
            metadata.setFinalizers(finalizers);
        }
        Optional<T> written = write(changed);
        written.ifPresent(object -> adopted.accept(owner, object));
        return written;
    }

    private <T extends HasMetadata> void release(HasMetadata owner, T object) {
        T changed = client.getKubernetesSerialization().clone(object);
        var metadata = changed.getMetadata();
        metadata.setOwnerReferences(metadata.getOwnerReferences().stream()
                .filter(reference ->
                        !reference.getUid().equals(owner.getMetadata().getUid()))
                .toList());
        metadata.setFinalizers(metadata.getFinalizers().stream()
                .filter(each -> !each.equals(finalizer))
                .toList());
        write(changed);
    }

    private <T extends HasMetadata> Optional<T> write(T changed) {
        try {
            return Optional.of(client.resource(changed).update());
        } catch (KubernetesClientException gone) {
            if (Refusals.isNotFound(gone) || gone.getCode() == UNPROCESSABLE) {
                return Optional.empty();
            }
            throw gone;
        }
    }
}
