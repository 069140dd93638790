package dev.longshore.journeys;

import static org.awaitility.Awaitility.await;

import dev.longshore.base.Yaml;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// A namespace of a test's own on the hollow cluster, ready for pods.
record HollowNamespace(KubernetesClient client, String name) implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int CONFLICT = 409;
    private static final int ATTEMPTS = 20;

    static HollowNamespace fresh(String theme) {
        KubernetesClient client = HollowShared.client();
        var namespace = new HollowNamespace(client, HollowShared.namespace(client, theme));
        namespace.awaitServiceAccount();
        return namespace;
    }

    /// Before that no pod is admitted.
    void awaitServiceAccount() {
        await().atMost(PATIENCE)
                .until(() -> client.serviceAccounts()
                                .inNamespace(name)
                                .withName("default")
                                .get()
                        != null);
    }

    /// Makes what a manifest in YAML says.
    <T extends HasMetadata> T create(String manifest, Class<T> type) {
        T object = client.getKubernetesSerialization()
                .unmarshal(Yaml.parse(manifest).toString(), type);
        object.getMetadata().setNamespace(name);
        return client.resource(object).create();
    }

    /// Changes it, again if somebody else wrote meanwhile: controllers do.
    <T extends HasMetadata> void edit(Class<T> type, String object, UnaryOperator<T> change) {
        for (int attempt = 1; ; attempt++) {
            try {
                client.resources(type).inNamespace(name).withName(object).edit(change);
                return;
            } catch (KubernetesClientException conflict) {
                if (conflict.getCode() != CONFLICT || attempt == ATTEMPTS) {
                    throw conflict;
                }
            }
        }
    }

    /// As it is now.
    <T extends HasMetadata> T stored(Class<T> type, String object) {
        return client.resources(type).inNamespace(name).withName(object).get();
    }

    List<Pod> pods() {
        return client.pods().inNamespace(name).list().getItems();
    }

    /// What was told of the object called `object`, in order.
    List<String> told(String object) {
        return client.v1().events().inNamespace(name).list().getItems().stream()
                .filter(event -> event.getInvolvedObject().getName().equals(object))
                .sorted(Comparator.comparingLong(
                        (Event event) -> Long.parseLong(event.getMetadata().getResourceVersion())))
                .map(event -> event.getReason() + ": " + event.getMessage())
                .toList();
    }

    /// Waits until what was told of the object is as wanted: an event comes a moment after what it tells of.
    void awaitTold(String object, Consumer<List<String>> wanted) {
        await().atMost(PATIENCE).untilAsserted(() -> wanted.accept(told(object)));
    }

    @Override
    public void close() {
        client.namespaces().withName(name).delete();
        client.close();
    }
}
