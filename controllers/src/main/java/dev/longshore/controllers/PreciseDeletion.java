package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/// The deletion of the very object that was judged, and of none that has taken its name since.
///
/// @param path of the object
/// @param resourceVersion which it must still have; any if empty
record PreciseDeletion(String path, String uid, String resourceVersion, DeletionPropagation propagation) {

    /// Of `object`, in whatever version, in the background.
    static PreciseDeletion of(HasMetadata object) {
        String apiVersion = object.getApiVersion();
        String namespace = object.getMetadata().getNamespace();
        String path = (apiVersion.contains("/") ? "/apis/" : "/api/")
                + apiVersion
                + (namespace == null || namespace.isEmpty() ? "" : "/namespaces/" + namespace)
                + "/"
                + object.getPlural()
                + "/"
                + object.getMetadata().getName();
        return new PreciseDeletion(path, object.getMetadata().getUid(), "", DeletionPropagation.BACKGROUND);
    }

    /// The same, with dependents treated like this.
    PreciseDeletion propagated(DeletionPropagation with) {
        return new PreciseDeletion(path, uid, resourceVersion, with);
    }

    /// The same, if it is still of this version.
    PreciseDeletion ofVersion(String version) {
        return new PreciseDeletion(path, uid, version, propagation);
    }

    /// Asks the server.
    ///
    /// @return false if there is nothing at the path any more
    /// @throws KubernetesClientException when there is something else (409), or it is refused for another reason
    boolean send(KubernetesClient client) {
        try {
            client.raw(
                    path,
                    "DELETE",
                    new DeleteOptionsBuilder()
                            .withPropagationPolicy(propagation.toString())
                            .withNewPreconditions()
                            .withUid(uid)
                            .withResourceVersion(resourceVersion.isEmpty() ? null : resourceVersion)
                            .endPreconditions()
                            .build());
            return true;
        } catch (KubernetesClientException refused) {
            if (Refusals.isNotFound(refused)) {
                return false;
            }
            throw refused;
        }
    }
}
