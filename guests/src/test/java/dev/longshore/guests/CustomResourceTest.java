package dev.longshore.guests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.testkit.LongshoreCluster;
import dev.longshore.testkit.LongshoreExtension;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What an operator written with fabric8 7 does with a kind of its own.
@ExtendWith(LongshoreExtension.class)
class CustomResourceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: greetings.guests.example.com}
            spec:
              group: guests.example.com
              scope: Namespaced
              names: {plural: greetings, singular: greeting, kind: Greeting}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties: {name: {type: string, maxLength: 10}, times: {type: integer, default: 1}}
                        x-kubernetes-validations: [{rule: self.times < 5, message: not so often}]
                      status: {type: object, properties: {said: {type: string}}}
            """;

    @Test
    void isDefinedWatchedAndAnswered(LongshoreCluster cluster) {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                .build()) {
            define(client);
            var greetings = client.genericKubernetesResources("guests.example.com/v1", "Greeting")
                    .inNamespace("default");
            List<String> seen = new CopyOnWriteArrayList<>();
            try (var informer = greetings.inform(recording(seen))) {
                greetings.resource(greeting("one", Map.of("name", "Ada"))).create();
                greetings.withName("one").editStatus(object -> {
                    object.setAdditionalProperty("status", Map.of("said", "Hello, Ada"));
                    return object;
                });

                await().atMost(PATIENCE).until(() -> seen.contains("one 1 Hello, Ada"));
                assertThat(informer.isRunning()).isTrue();
            }
            assertThatThrownBy(() -> greetings
                            .resource(greeting("two", Map.of("name", "much too long", "times", 9)))
                            .create())
                    .isInstanceOfSatisfying(
                            KubernetesClientException.class,
                            refused -> assertThat(refused.getCode()).isEqualTo(422))
                    .hasMessageContaining("spec.name: Too long: may not be more than 10 bytes");
            assertThatThrownBy(() -> greetings
                            .resource(greeting("two", Map.of("times", 9)))
                            .create())
                    .hasMessageContaining("spec: Invalid value: not so often");
        }
    }

    private static void define(KubernetesClient client) {
        CustomResourceDefinition definition =
                client.getKubernetesSerialization().unmarshal(DEFINITION, CustomResourceDefinition.class);
        var resource = client.resource(definition);
        resource.create();
        resource.waitUntilCondition(
                now -> now.getStatus() != null
                        && now.getStatus().getConditions().stream()
                                .anyMatch(condition -> condition.getType().equals("Established")
                                        && condition.getStatus().equals("True")),
                PATIENCE.toSeconds(),
                java.util.concurrent.TimeUnit.SECONDS);
    }

    private static GenericKubernetesResource greeting(String name, Map<String, Object> spec) {
        var greeting = new GenericKubernetesResource();
        greeting.setApiVersion("guests.example.com/v1");
        greeting.setKind("Greeting");
        greeting.setMetadata(new ObjectMetaBuilder().withName(name).build());
        greeting.setAdditionalProperty("spec", spec);
        return greeting;
    }

    private static ResourceEventHandler<GenericKubernetesResource> recording(List<String> seen) {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(GenericKubernetesResource object) {
                seen.add(shown(object));
            }

            @Override
            public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
                seen.add(shown(object));
            }

            @Override
            public void onDelete(GenericKubernetesResource object, boolean isUnknown) {
                seen.add("gone");
            }
        };
    }

    private static String shown(GenericKubernetesResource object) {
        return object.getMetadata().getName() + " " + object.get("spec", "times") + " " + object.get("status", "said");
    }
}
