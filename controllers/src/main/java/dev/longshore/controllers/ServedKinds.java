package dev.longshore.controllers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which kinds the API serves that are off by default.
final class ServedKinds {

    private static final Logger log = LoggerFactory.getLogger(ServedKinds.class);
    private static final int TRIES = 3;

    private ServedKinds() {}

    /// Whether `type` is served. A server that does not say so is taken not to.
    static boolean has(KubernetesClient client, Class<? extends HasMetadata> type) {
        for (int i = 0; i < TRIES; i++) {
            try {
                return client.supports(type);
            } catch (KubernetesClientException failed) {
                log.warn("whether {} is served cannot be found out: {}", type.getSimpleName(), failed.getMessage());
            }
        }
        return false;
    }
}
