package dev.longshore.controllers;

import io.fabric8.kubernetes.client.KubernetesClientException;

/// What the API server says when it refuses something.
final class Refusals {

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private Refusals() {}

    /// The server's own words, which are what events and conditions repeat.
    static String message(KubernetesClientException refused) {
        return refused.getStatus() != null && refused.getStatus().getMessage() != null
                ? refused.getStatus().getMessage()
                : refused.getMessage();
    }

    static boolean isNotFound(KubernetesClientException refused) {
        return refused.getCode() == NOT_FOUND;
    }

    /// There is one of that name; not to be taken for a write that somebody else was faster with.
    static boolean isAlreadyThere(KubernetesClientException refused) {
        return refused.getCode() == CONFLICT
                && refused.getStatus() != null
                && "AlreadyExists".equals(refused.getStatus().getReason());
    }

    /// The namespace is on its way out: nothing can be made in it any more, and nobody needs to hear of it.
    static boolean isOfEndingNamespace(KubernetesClientException refused) {
        return refused.getStatus() != null
                && refused.getStatus().getDetails() != null
                && refused.getStatus().getDetails().getCauses().stream()
                        .anyMatch(cause -> "NamespaceTerminating".equals(cause.getReason()));
    }

    /// What is thrown for an object that is not there, where the client has no exception for it.
    static KubernetesClientException notFound(String what) {
        return new KubernetesClientException(what, NOT_FOUND, null);
    }

    /// What is thrown to look again later, as after a write that came too late.
    static KubernetesClientException conflict(String why) {
        return new KubernetesClientException(why, CONFLICT, null);
    }
}
