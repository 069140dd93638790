package dev.longshore.autoscaler;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the ConfigMap with the autoscaler's status.
final class StatusWriter {

    /// Says when the status was written.
    private static final String UPDATED = "cluster-autoscaler.kubernetes.io/last-updated";

    private static final Logger log = LoggerFactory.getLogger(StatusWriter.class);

    private final KubernetesClient client;
    private final AutoscalerOptions options;

    StatusWriter(KubernetesClient client, AutoscalerOptions options) {
        this.client = client;
        this.options = options;
    }

    /// Writes `text`; returns the ConfigMap as it is now. A failure is logged, and made good by the next look.
    Optional<ConfigMap> write(String text, Instant now) {
        if (!options.writesStatus()) {
            return Optional.empty();
        }
        try {
            var maps = client.configMaps().inNamespace(options.namespace());
            ConfigMap present = maps.withName(options.statusName()).get();
            if (present == null) {
                return Optional.of(client.resource(edited(
                                new ConfigMapBuilder()
                                        .withNewMetadata()
                                        .withNamespace(options.namespace())
                                        .withName(options.statusName())
                                        .endMetadata()
                                        .build(),
                                text,
                                now))
                        .create());
            }
            return Optional.of(client.resource(edited(present, text, now)).update());
        } catch (KubernetesClientException refused) {
            log.warn("cannot write ConfigMap {}: {}", options.statusName(), refused.getMessage());
            return Optional.empty();
        }
    }

    /// Removes it.
    void remove() {
        if (options.writesStatus()) {
            try {
                client.configMaps()
                        .inNamespace(options.namespace())
                        .withName(options.statusName())
                        .delete();
            } catch (KubernetesClientException refused) {
                log.debug("ConfigMap {} stays: {}", options.statusName(), refused.getMessage());
            }
        }
    }

    private static ConfigMap edited(ConfigMap map, String text, Instant now) {
        return new ConfigMapBuilder(map)
                .editMetadata()
                .addToAnnotations(UPDATED, StatusDocument.stamp(now))
                .endMetadata()
                .addToData("status", text)
                .build();
    }
}
