package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.Comparator;

/// Which object is meant: by itself, or by a reference, which may be wrong in any part. Ordered by kind, version,
/// namespace, name, uid.
///
/// @param namespace empty for objects of the cluster
record ObjectIdentity(String apiVersion, String kind, String namespace, String name, String uid)
        implements Comparable<ObjectIdentity> {

    private static final Comparator<ObjectIdentity> ORDER = Comparator.comparing(ObjectIdentity::kind)
            .thenComparing(ObjectIdentity::apiVersion)
            .thenComparing(ObjectIdentity::namespace)
            .thenComparing(ObjectIdentity::name)
            .thenComparing(ObjectIdentity::uid);

    /// The owner that `reference` speaks of, looked for in `namespace`.
    static ObjectIdentity of(OwnerReference reference, String namespace) {
        return new ObjectIdentity(
                text(reference.getApiVersion()),
                text(reference.getKind()),
                namespace,
                text(reference.getName()),
                text(reference.getUid()));
    }

    /// The same object, were it in `namespace`.
    ObjectIdentity in(String other) {
        return new ObjectIdentity(apiVersion, kind, other, name, uid);
    }

    boolean isNamespaced() {
        return !namespace.isEmpty();
    }

    /// True if `reference`, wherever it stands, names exactly this.
    boolean isNamedBy(OwnerReference reference) {
        return of(reference, namespace).equals(this);
    }

    /// As much of the object as an event needs.
    HasMetadata reference() {
        var object = new GenericKubernetesResource();
        object.setApiVersion(apiVersion);
        object.setKind(kind);
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace.isEmpty() ? null : namespace)
                .withName(name)
                .withUid(uid)
                .build());
        return object;
    }

    @Override
    public int compareTo(ObjectIdentity other) {
        return ORDER.compare(this, other);
    }

    /// As events spell it.
    @Override
    public String toString() {
        return "[%s/%s, namespace: %s, name: %s, uid: %s]".formatted(apiVersion, kind, namespace, name, uid);
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }
}
