package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Who owns whom, of all objects of all types, as last heard of. Holds metadata only. Thread-safe.
final class OwnerGraph {

    /// An object.
    ///
    /// @param isDeleting its deletion has begun
    record Node(
            ApiTypes.Type type,
            String namespace,
            String name,
            String uid,
            List<OwnerReference> owners,
            List<String> finalizers,
            boolean isDeleting) {

        static Node of(ApiTypes.Type type, HasMetadata object) {
            var metadata = object.getMetadata();
            return new Node(
                    type,
                    metadata.getNamespace() == null ? "" : metadata.getNamespace(),
                    metadata.getName(),
                    metadata.getUid(),
                    List.copyOf(metadata.getOwnerReferences()),
                    List.copyOf(metadata.getFinalizers()),
                    metadata.getDeletionTimestamp() != null);
        }

        boolean isNamespaced() {
            return !namespace.isEmpty();
        }

        /// True if `reference`, in an object such as `dependent`, means this object.
        boolean isOwner(OwnerReference reference, Node dependent) {
            boolean isInReach = namespace.isEmpty() || namespace.equals(dependent.namespace);
            return isInReach
                    && name.equals(reference.getName())
                    && type.kind().equals(reference.getKind())
                    && type.group().equals(group(reference.getApiVersion()));
        }

        private static String group(String apiVersion) {
            int slash = apiVersion.indexOf('/');
            return slash < 0 ? "" : apiVersion.substring(0, slash);
        }

        /// What its deletion does to its own dependents: what was asked for before, if anything.
        DeletionPropagation ownPropagation() {
            return finalizers.contains("orphan")
                    ? DeletionPropagation.ORPHAN
                    : finalizers.contains("foregroundDeletion")
                            ? DeletionPropagation.FOREGROUND
                            : DeletionPropagation.BACKGROUND;
        }

        /// As much of it as an event needs.
        HasMetadata reference() {
            var object = new GenericKubernetesResource();
            object.setApiVersion(type.apiVersion());
            object.setKind(type.kind());
            object.setMetadata(new ObjectMetaBuilder()
                    .withNamespace(namespace.isEmpty() ? null : namespace)
                    .withName(name)
                    .withUid(uid)
                    .build());
            return object;
        }

        boolean waitsForDependents() {
            return isDeleting && finalizers.contains("foregroundDeletion");
        }

        boolean orphansDependents() {
            return isDeleting && finalizers.contains("orphan");
        }
    }

    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();

    /// `node` is there, as given.
    synchronized void put(Node node) {
        Node before = nodes.put(node.uid, node);
        if (before != null) {
            unlink(before);
        }
        node.owners.forEach(owner -> dependents
                .computeIfAbsent(owner.getUid(), absent -> new HashSet<>())
                .add(node.uid));
    }

    /// `uid` is gone.
    synchronized void remove(String uid) {
        Node before = nodes.remove(uid);
        if (before != null) {
            unlink(before);
        }
    }

    /// Objects of `type` are no longer heard of; returns those that were known.
    synchronized List<Node> removeAll(ApiTypes.Type type) {
        List<Node> gone =
                nodes.values().stream().filter(node -> node.type.equals(type)).toList();
        gone.forEach(node -> remove(node.uid));
        return gone;
    }

    /// The object `uid`.
    synchronized Optional<Node> find(String uid) {
        return Optional.ofNullable(nodes.get(uid));
    }

    /// The objects that name `uid` as an owner.
    synchronized List<Node> dependents(String uid) {
        return dependents.getOrDefault(uid, Set.of()).stream()
                .map(nodes::get)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    private void unlink(Node node) {
        node.owners.forEach(owner -> {
            Set<String> children = dependents.get(owner.getUid());
            if (children != null) {
                children.remove(node.uid);
                if (children.isEmpty()) {
                    dependents.remove(owner.getUid());
                }
            }
        });
    }
}
