package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Optional;

/// How objects are named in queues and point at each other.
final class Keys {

    private Keys() {}

    /// `namespace/name`, or `name`.
    static String of(HasMetadata object) {
        return of(object.getMetadata().getNamespace(), object.getMetadata().getName());
    }

    /// `namespace/name`, or `name` when the namespace is null or empty.
    static String of(String namespace, String name) {
        return namespace == null || namespace.isEmpty() ? name : namespace + "/" + name;
    }

    /// The namespace part.
    static String namespace(String key) {
        int slash = key.indexOf('/');
        return slash < 0 ? "" : key.substring(0, slash);
    }

    /// The name part.
    static String name(String key) {
        return key.substring(key.indexOf('/') + 1);
    }

    /// The owner that controls `object`.
    static Optional<OwnerReference> controller(HasMetadata object) {
        return object.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }

    /// The key of the controlling owner, if that is a `kind`.
    static Optional<String> controllerKey(HasMetadata object, String kind) {
        return controller(object)
                .filter(owner -> owner.getKind().equals(kind))
                .map(owner -> of(object.getMetadata().getNamespace(), owner.getName()));
    }

    /// True if `owner` controls `object`.
    static boolean isControlledBy(HasMetadata object, HasMetadata owner) {
        return controller(object)
                .filter(reference ->
                        reference.getUid().equals(owner.getMetadata().getUid()))
                .isPresent();
    }

    /// A reference that makes `owner` the controller.
    static OwnerReference controlledBy(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /// True while a deletion is under way.
    static boolean isBeingDeleted(HasMetadata object) {
        return object.getMetadata().getDeletionTimestamp() != null;
    }
}
