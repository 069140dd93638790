package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;

/// How a kind says how many pods it wants and has, told in the words of ReplicaSets.
interface ReplicaOwner<T extends HasMetadata> {

    Class<T> type();

    /// As owner references name it.
    default String kind() {
        return type().getSimpleName();
    }

    /// Whether its status says how many pods are on their way out.
    default boolean countsTerminating() {
        return true;
    }

    ReplicaSetSpec spec(T owner);

    /// An empty one while there is none.
    ReplicaSetStatus status(T owner);

    /// A copy of `owner`.
    T withStatus(T owner, ReplicaSetStatus status);
}
