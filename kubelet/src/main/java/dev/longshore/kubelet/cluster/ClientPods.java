package dev.longshore.kubelet.cluster;

import dev.longshore.base.Json;
import dev.longshore.client.Patches;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Pods over a client: one informer, limited to the node by a field selector.
public final class ClientPods implements PodApi {

    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final String nodeName;

    /// The pods of `nodeName`.
    public ClientPods(KubernetesClient client, String nodeName) {
        this.client = client;
        this.nodeName = nodeName;
    }

    @Override
    public AutoCloseable watch(Listener listener) {
        var informer = client.pods()
                .inAnyNamespace()
                .withField("spec.nodeName", nodeName)
                .runnableInformer(0)
                .exceptionHandler((started, failure) -> true);
        informer.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Pod pod) {
                listener.changed(pod);
            }

            @Override
            public void onUpdate(Pod old, Pod pod) {
                // A pod that was deleted and made again between two lists arrives as an update.
                if (!old.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
                    listener.gone(old);
                }
                listener.changed(pod);
            }

            @Override
            public void onDelete(Pod pod, boolean unknownState) {
                listener.gone(pod);
            }
        });
        informer.start().thenRun(() -> {
            for (Pod pod : informer.getStore().list()) {
                listener.changed(pod);
                // Of a pod deleted in between, the event may have been told first.
                if (informer.getStore().get(pod) == null) {
                    listener.gone(pod);
                }
            }
            listener.synced();
        });
        return informer::stop;
    }

    @Override
    public Optional<Pod> get(String namespace, String name) {
        return Optional.ofNullable(
                client.pods().inNamespace(namespace).withName(name).get());
    }

    @Override
    public boolean create(Pod pod) {
        try {
            client.resource(pod).create();
            return true;
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == CONFLICT) {
                return false;
            }
            throw refused;
        }
    }

    @Override
    public boolean patchStatus(Pod pod, ObjectNode status) {
        ObjectNode patch = Json.object();
        // A strategic merge, so that conditions that others own stay; the uid makes a successor of the same name a
        // conflict.
        patch.putObject("metadata").put("uid", pod.getMetadata().getUid());
        patch.set("status", status);
        try {
            Patches.strategicMerge(client, path(pod) + "/status", patch);
            return true;
        } catch (KubernetesClientException refused) {
            if (refused.getCode() == NOT_FOUND || refused.getCode() == CONFLICT) {
                return false;
            }
            throw refused;
        }
    }

    @Override
    public void delete(Pod pod) {
        ObjectNode options = Json.object();
        options.put("apiVersion", "v1").put("kind", "DeleteOptions").put("gracePeriodSeconds", 0);
        options.putObject("preconditions").put("uid", pod.getMetadata().getUid());
        try {
            client.raw(path(pod), "DELETE", new String(Json.bytes(options), StandardCharsets.UTF_8));
        } catch (KubernetesClientException refused) {
            if (refused.getCode() != NOT_FOUND && refused.getCode() != CONFLICT) {
                throw refused;
            }
        }
    }

    private static String path(Pod pod) {
        return "/api/v1/namespaces/%s/pods/%s"
                .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    }
}
