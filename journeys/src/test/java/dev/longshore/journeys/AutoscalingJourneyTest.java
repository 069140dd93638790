package dev.longshore.journeys;

import static dev.longshore.journeys.MovedCluster.soon;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.Yaml;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerCondition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Autoscalers that follow the load: pods of hollow nodes use what their annotations say, kubelets tell it, the
/// metrics API serves it.
@ExtendWith(MovedCluster.class)
@Order(22)
class AutoscalingJourneyTest {

    private static final String CPU = "longshore.dev/simulated-cpu";

    private static final String FLEETS = """
            {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: fleets.example.com}, spec: {
              group: example.com, scope: Namespaced, names: {plural: fleets, singular: fleet, kind: Fleet},
              versions: [{name: v1, served: true, storage: true,
                subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas,
                  labelSelectorPath: .status.selector}},
                schema: {openAPIV3Schema: {type: object, properties: {
                  spec: {type: object, properties: {replicas: {type: integer}}},
                  status: {type: object, properties: {replicas: {type: integer}, selector: {type: string}}}}}}}]}}
            """;

    private final MovedCluster cluster = MovedCluster.cluster();

    @Test
    void replicasFollowTheCpuThatTheirPodsUseUpAndDown() {
        try (var namespace = cluster.namespace("cpu")) {
            deploy(namespace, 2, "{name: main, image: web, resources: {requests: {cpu: 200m}}}");
            autoscale(namespace, """
                    minReplicas: 2, maxReplicas: 10,
                    metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}],
                    behavior: {scaleDown: {stabilizationWindowSeconds: 60}}""");

            passUnder(namespace, CPU, 200, Duration.ofMinutes(1));
            assertThat(replicas(namespace)).isEqualTo(2);
            assertThat(condition(namespace, "ScalingActive").getReason()).isEqualTo("ValidMetricFound");

            passUnderUntil(namespace, CPU, 1000, 10);
            passUnder(namespace, CPU, 1000, Duration.ofMinutes(1));
            assertThat(replicas(namespace)).isEqualTo(10);
            // What all ten use has to be measured first.
            cluster.passUntil(Duration.ofMinutes(2), () -> {
                share(namespace, CPU, 1000);
                int percent = utilization(namespace);
                return percent >= 40 && percent <= 60;
            });

            passUnder(namespace, CPU, 300, Duration.ofSeconds(30));
            assertThat(replicas(namespace))
                    .as("within the stabilization window")
                    .isEqualTo(10);
            passUnderUntil(namespace, CPU, 300, 3);
            passUnder(namespace, CPU, 300, Duration.ofMinutes(1));
            assertThat(replicas(namespace)).isEqualTo(3);
            namespace.awaitTold(
                    "web",
                    all -> assertThat(all)
                            .anySatisfy(told -> assertThat(told)
                                    .matches("SuccessfulRescale: New size: \\d+; reason: cpu resource utilization"
                                            + " \\(percentage of request\\) above target")));
        }
    }

    @Test
    void aContainerCountsForItself() {
        try (var namespace = cluster.namespace("container")) {
            deploy(
                    namespace,
                    1,
                    "{name: main, image: web, resources: {requests: {cpu: 100m}}}, {name: side, image: web}");
            autoscale(namespace, """
                    minReplicas: 1, maxReplicas: 4,
                    metrics: [{type: ContainerResource, containerResource:
                      {name: cpu, container: main, target: {type: Utilization, averageUtilization: 50}}}]""");

            passUnder(namespace, CPU + ".side", 2000, Duration.ofSeconds(45));
            assertThat(replicas(namespace)).isEqualTo(1);

            passUnderUntil(namespace, CPU + ".main", 200, 4);
        }
    }

    @Test
    void theWorkingSetCountsToo() {
        try (var namespace = cluster.namespace("memory")) {
            deploy(namespace, 1, "{name: main, image: web}");
            autoscale(namespace, """
                    minReplicas: 1, maxReplicas: 5,
                    metrics: [{type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 64Mi}}}]""");
            soon(() -> assertThat(running(namespace)).hasSize(1));
            annotate(namespace, running(namespace).getFirst(), "longshore.dev/simulated-memory", "192Mi");

            cluster.passUntil(Duration.ofMinutes(2), () -> replicas(namespace) == 3);
        }
    }

    /// Two pods are twice as busy as they should be, but of one nobody can tell: it may be idle, so nothing is done.
    @Test
    void aPodThatIsNotMeasuredHoldsTheOthersBack() {
        try (var namespace = cluster.namespace("unmeasured")) {
            deploy(namespace, 2, """
                    {name: main, image: web, resources: {requests: {cpu: 100m}}}], affinity: {podAntiAffinity:
                      {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname,
                        labelSelector: {matchLabels: {app: web}}}]}}, tolerations: [{operator: Exists}""");
            autoscale(namespace, """
                    minReplicas: 1, maxReplicas: 10,
                    metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]""");
            passUnder(namespace, CPU, 100, Duration.ofMinutes(1));
            assertThat(condition(namespace, "ScalingActive").getStatus()).isEqualTo("True");
            assertThat(replicas(namespace)).isEqualTo(2);

            String node = running(namespace).getFirst().getSpec().getNodeName();
            share(namespace, CPU, 200);
            cluster.silence(node);
            try {
                cluster.pass(Duration.ofSeconds(30));
                assertThat(replicas(namespace)).isEqualTo(2);
                assertThat(utilization(namespace)).isBetween(95, 105);
            } finally {
                cluster.resume(node);
            }
            passUnderUntil(namespace, CPU, 200, 4);
        }
    }

    /// Each of the Pods, Object and External metrics alone asks for another number of pods; the largest counts.
    @Test
    void whatPodsTellOfThemselvesCounts() {
        try (var namespace = cluster.namespace("told")) {
            deploy(namespace, 1, "{name: main, image: web}");
            namespace.create(
                    "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}",
                    Service.class);
            namespace.create("""
                    {apiVersion: v1, kind: Pod, metadata: {name: exporter, annotations: {longshore.dev/simulated-metrics:
                      "mails_waiting{box=\\"in\\"} 0"}}, spec: {containers: [{name: main, image: exporter}]}}
                    """, Pod.class);
            autoscale(namespace, """
                    minReplicas: 1, maxReplicas: 10, behavior: {scaleDown: {stabilizationWindowSeconds: 0}}, metrics: [
                    {type: Pods, pods: {metric: {name: queue_length}, target: {type: AverageValue, averageValue: 10}}},
                    {type: Object, object: {describedObject: {apiVersion: v1, kind: Service, name: web},
                      metric: {name: open_requests}, target: {type: Value, value: 100}}},
                    {type: External, external: {metric: {name: mails_waiting, selector: {matchLabels: {box: in}}},
                      target: {type: AverageValue, averageValue: 5}}}]""");
            String quiet = "queue_length 10\nopen_requests 10\n";

            tell(namespace, quiet);
            cluster.pass(Duration.ofSeconds(45));
            assertThat(replicas(namespace)).isEqualTo(1);

            passTelling(namespace, "queue_length 30\nopen_requests 10\n", 10);
            cluster.passUntil(Duration.ofMinutes(5), () -> {
                tell(namespace, "queue_length 1\nopen_requests 0\n");
                return replicas(namespace) == 1;
            });
            passTelling(namespace, "queue_length 1\nopen_requests 400\n", 4);
            annotate(
                    namespace,
                    namespace.stored(Pod.class, "exporter"),
                    "longshore.dev/simulated-metrics",
                    "mails_waiting{box=\"in\"} 31\nmails_waiting{box=\"out\"} 99\n");
            passTelling(namespace, "queue_length 1\nopen_requests 0\n", 7);
        }
    }

    /// Whatever has a scale can be scaled: here a kind of somebody's own, whose operator is this test.
    @Test
    void aCustomResourceIsScaledByItsScale() {
        try (var namespace = cluster.namespace("fleet")) {
            var definition = namespace
                    .client()
                    .resource(Serialization.unmarshal(Yaml.parse(FLEETS).toString(), CustomResourceDefinition.class))
                    .create();
            try {
                namespace
                        .client()
                        .resource(definition)
                        .waitUntilCondition(AutoscalingJourneyTest::isEstablished, 30, TimeUnit.SECONDS);
                var fleets = namespace
                        .client()
                        .genericKubernetesResources("example.com/v1", "Fleet")
                        .inNamespace(namespace.name());
                namespace.create(
                        "{apiVersion: example.com/v1, kind: Fleet, metadata: {name: web}, spec: {replicas: 1}}",
                        GenericKubernetesResource.class);
                fleets.withName("web").editStatus(fleet -> {
                    fleet.setAdditionalProperty("status", Map.of("replicas", 1, "selector", "app=web"));
                    return fleet;
                });
                namespace.create("""
                        {apiVersion: v1, kind: Pod, metadata: {name: ship, labels: {app: web}}, spec: {containers: [
                          {name: main, image: web, resources: {requests: {cpu: 100m}}}]}}
                        """, Pod.class);
                namespace.create("""
                        {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {
                          scaleTargetRef: {apiVersion: example.com/v1, kind: Fleet, name: web}, maxReplicas: 8, metrics: [
                          {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}
                        """, HorizontalPodAutoscaler.class);

                cluster.passUntil(Duration.ofMinutes(5), () -> {
                    share(namespace, CPU, 200);
                    return Integer.valueOf(4)
                            .equals(fleets.withName("web").get().get("spec", "replicas"));
                });
            } finally {
                namespace.client().resource(definition).delete();
            }
        }
    }

    private static boolean isEstablished(CustomResourceDefinition definition) {
        return definition.getStatus() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    private void passTelling(HollowNamespace namespace, String metrics, int replicas) {
        cluster.passUntil(Duration.ofMinutes(5), () -> {
            tell(namespace, metrics);
            return replicas(namespace) == replicas;
        });
    }

    private static void tell(HollowNamespace namespace, String metrics) {
        running(namespace).stream()
                .filter(pod -> !pod.getMetadata().getName().equals("exporter"))
                .forEach(pod -> annotate(namespace, pod, "longshore.dev/simulated-metrics", metrics));
    }

    /// Lets time pass while `milli` thousandths of a core are shared by all running pods.
    private void passUnder(HollowNamespace namespace, String annotation, int milli, Duration span) {
        soon(() -> assertThat(running(namespace)).isNotEmpty());
        var end = cluster.now().plus(span);
        cluster.passUntil(span.plusSeconds(10), () -> {
            share(namespace, annotation, milli);
            return !cluster.now().isBefore(end);
        });
    }

    private void passUnderUntil(HollowNamespace namespace, String annotation, int milli, int replicas) {
        cluster.passUntil(Duration.ofMinutes(5), () -> {
            share(namespace, annotation, milli);
            return replicas(namespace) == replicas;
        });
    }

    private static void share(HollowNamespace namespace, String annotation, int milli) {
        List<Pod> pods = running(namespace);
        pods.forEach(pod -> annotate(namespace, pod, annotation, milli / pods.size() + "m"));
    }

    private static void annotate(HollowNamespace namespace, Pod pod, String annotation, String value) {
        if (!value.equals(pod.getMetadata().getAnnotations().get(annotation))) {
            namespace
                    .client()
                    .pods()
                    .inNamespace(namespace.name())
                    .withName(pod.getMetadata().getName())
                    .edit(now -> new PodBuilder(now)
                            .editMetadata()
                            .addToAnnotations(annotation, value)
                            .endMetadata()
                            .build());
        }
    }

    private static List<Pod> running(HollowNamespace namespace) {
        return namespace.pods().stream()
                .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                .filter(pod -> pod.getStatus().getPhase().equals("Running"))
                .toList();
    }

    private static void deploy(HollowNamespace namespace, int replicas, String containers) {
        namespace.create("""
                {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: %d,
                  selector: {matchLabels: {app: web}},
                  template: {metadata: {labels: {app: web}},
                    spec: {terminationGracePeriodSeconds: 0, containers: [%s]}}}}
                """.formatted(replicas, containers), Deployment.class);
    }

    private static void autoscale(HollowNamespace namespace, String spec) {
        namespace.create("""
                {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web}, spec: {
                  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, %s}}
                """.formatted(spec), HorizontalPodAutoscaler.class);
    }

    private static int replicas(HollowNamespace namespace) {
        return namespace.stored(Deployment.class, "web").getSpec().getReplicas();
    }

    private static int utilization(HollowNamespace namespace) {
        return namespace
                .stored(HorizontalPodAutoscaler.class, "web")
                .getStatus()
                .getCurrentMetrics()
                .getFirst()
                .getResource()
                .getCurrent()
                .getAverageUtilization();
    }

    private static HorizontalPodAutoscalerCondition condition(HollowNamespace namespace, String type) {
        return namespace.stored(HorizontalPodAutoscaler.class, "web").getStatus().getConditions().stream()
                .filter(condition -> condition.getType().equals(type))
                .findFirst()
                .orElseThrow();
    }
}
