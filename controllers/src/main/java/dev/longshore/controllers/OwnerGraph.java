package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Who owns whom, of all objects of all types, as last heard of. Holds metadata only. An owner that was named but never
/// heard of stands in it as virtual, under what its first dependent said of it. Thread-safe.
final class OwnerGraph {

    private static final String FOREGROUND = "foregroundDeletion";
    private static final String ORPHAN = "orphan";

    /// An object.
    ///
    /// @param isVirtual it was named as an owner only
    /// @param isDeleting its deletion has begun
    record Node(
            ObjectIdentity identity,
            boolean isVirtual,
            List<OwnerReference> owners,
            List<String> finalizers,
            boolean isDeleting) {

        Node {
            owners = List.copyOf(owners);
            finalizers = List.copyOf(finalizers);
        }

        /// One that was heard of.
        static Node of(ApiTypes.Type type, HasMetadata object) {
            var metadata = object.getMetadata();
            return new Node(
                    new ObjectIdentity(
                            type.apiVersion(),
                            type.kind(),
                            Objects.requireNonNullElse(metadata.getNamespace(), ""),
                            metadata.getName(),
                            metadata.getUid()),
                    false,
                    metadata.getOwnerReferences(),
                    metadata.getFinalizers(),
                    metadata.getDeletionTimestamp() != null);
        }

        /// One that was named only.
        static Node virtual(ObjectIdentity identity) {
            return new Node(identity, true, List.of(), List.of(), false);
        }

        String uid() {
            return identity.uid();
        }

        /// What a deletion does to the dependents of an object with `finalizers`: what was asked for before, if
        /// anything.
        static DeletionPropagation propagation(List<String> finalizers) {
            return finalizers.contains(ORPHAN)
                    ? DeletionPropagation.ORPHAN
                    : finalizers.contains(FOREGROUND) ? DeletionPropagation.FOREGROUND : DeletionPropagation.BACKGROUND;
        }

        boolean waitsForDependents() {
            return isDeleting && finalizers.contains(FOREGROUND);
        }

        boolean orphansDependents() {
            return isDeleting && finalizers.contains(ORPHAN);
        }

        /// True if the owner `uid` must not go before this.
        boolean blocks(String uid) {
            return owners.stream()
                    .anyMatch(
                            owner -> owner.getUid().equals(uid) && Boolean.TRUE.equals(owner.getBlockOwnerDeletion()));
        }

        /// True if this names `owner` by all that it is, and is where it can be owned by it.
        boolean agreesOn(ObjectIdentity owner) {
            return isInReachOf(owner) && namings(owner.uid()).anyMatch(owner::isNamedBy);
        }

        /// True if this names `owner` by something that it is not, or is where it cannot be owned by it. One that names
        /// it twice may do both.
        boolean disagreesOn(ObjectIdentity owner) {
            return !isInReachOf(owner) || namings(owner.uid()).anyMatch(naming -> !owner.isNamedBy(naming));
        }

        /// What is in a namespace owns nothing outside.
        boolean isInReachOf(ObjectIdentity owner) {
            return !owner.isNamespaced() || owner.namespace().equals(identity.namespace());
        }

        /// Its references to the owner `uid`.
        Stream<OwnerReference> namings(String uid) {
            return owners.stream().filter(owner -> owner.getUid().equals(uid));
        }
    }

    private final Map<String, Node> nodes = new HashMap<>();
    private final Map<String, Set<String>> dependents = new HashMap<>();

    /// `node` is there, as given.
    synchronized void put(Node node) {
        Node before = nodes.put(node.uid(), node);
        if (before != null) {
            unlink(before);
        }
        node.owners.forEach(owner -> dependents
                .computeIfAbsent(owner.getUid(), absent -> new HashSet<>())
                .add(node.uid()));
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
        List<Node> gone = nodes.values().stream()
                .filter(node -> !node.isVirtual
                        && node.identity.apiVersion().equals(type.apiVersion())
                        && node.identity.kind().equals(type.kind()))
                .toList();
        gone.forEach(node -> remove(node.uid()));
        return gone;
    }

    /// The object `uid`.
    synchronized Optional<Node> find(String uid) {
        return Optional.ofNullable(nodes.get(uid));
    }

    /// The objects that name `uid` as an owner.
    synchronized List<Node> dependents(String uid) {
        var found = new ArrayList<Node>();
        for (String dependent : dependents.getOrDefault(uid, Set.of())) {
            Node node = nodes.get(dependent);
            if (node != null) {
                found.add(node);
            }
        }
        return List.copyOf(found);
    }

    private void unlink(Node node) {
        node.owners.forEach(owner -> {
            Set<String> children = dependents.get(owner.getUid());
            if (children != null) {
                children.remove(node.uid());
                if (children.isEmpty()) {
                    dependents.remove(owner.getUid());
                }
            }
        });
    }
}
