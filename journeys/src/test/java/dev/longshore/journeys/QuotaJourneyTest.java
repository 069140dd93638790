package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.longshore.base.Yaml;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What quotas of each type and scope count, refuse and free again.
@ExtendWith(HollowShared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(17)
class QuotaJourneyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private KubernetesClient client;
    private String namespace;

    @BeforeAll
    void connect() {
        client = HollowShared.client();
    }

    @AfterAll
    void disconnect() {
        client.close();
    }

    @BeforeEach
    void enter() {
        namespace = HollowShared.namespace(client, "quota");
        await().atMost(PATIENCE)
                .until(() -> client.serviceAccounts()
                                        .inNamespace(namespace)
                                        .withName("default")
                                        .get()
                                != null
                        && client.configMaps()
                                        .inNamespace(namespace)
                                        .withName("kube-root-ca.crt")
                                        .get()
                                != null);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            configmaps              | 1 | {apiVersion: v1, kind: ConfigMap, metadata: {name: NAME}}
            secrets                 | 0 | {apiVersion: v1, kind: Secret, metadata: {name: NAME}}
            services                | 0 | {apiVersion: v1, kind: Service, metadata: {name: NAME}, spec: {ports: [{port: 80}]}}
            replicationcontrollers  | 0 | {apiVersion: v1, kind: ReplicationController, metadata: {name: NAME}, spec: {replicas: 0, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}
            count/replicasets.apps  | 0 | {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: NAME}, spec: {replicas: 0, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}}
            count/leases.coordination.k8s.io | 0 | {apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: NAME}, spec: {}}
            pods                    | 0 | {apiVersion: v1, kind: Pod, metadata: {name: NAME}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: i}]}}
            """)
    void objectsAreCountedRefusedAndFreed(String counted, int before, String manifest) {
        quota("quota", Map.of(counted, String.valueOf(before + 1)));
        isUsed("quota", Map.of(counted, String.valueOf(before)));

        create(manifest.replace("NAME", "one"));
        isUsed("quota", Map.of(counted, String.valueOf(before + 1)));
        assertThatThrownBy(() -> create(manifest.replace("NAME", "two")))
                .isInstanceOf(KubernetesClientException.class)
                .hasMessageContaining(
                        "\"two\" is forbidden: exceeded quota: quota, requested: %s=1, used: %s=%d, limited:"
                                .formatted(counted, counted, before + 1));

        client.resource(Yaml.parse(manifest.replace("NAME", "one")).toString())
                .inNamespace(namespace)
                .delete();
        isUsed("quota", Map.of(counted, String.valueOf(before)));
        create(manifest.replace("NAME", "two"));
    }

    @Test
    void portsAndBalancersOfServicesAreCounted() {
        quota("quota", Map.of("services", "10", "services.nodeports", "1", "services.loadbalancers", "1"));
        service("ip", "ClusterIP");
        service("node", "NodePort");

        isUsed("quota", Map.of("services", "2", "services.nodeports", "1", "services.loadbalancers", "0"));
        assertThatThrownBy(() -> service("balanced", "LoadBalancer"))
                .hasMessageContaining("exceeded quota: quota, requested: services.nodeports=1");
        client.services().inNamespace(namespace).withName("node").delete();
        isUsed("quota", Map.of("services", "1", "services.nodeports", "0", "services.loadbalancers", "0"));
        service("balanced", "LoadBalancer");
        isUsed("quota", Map.of("services", "2", "services.nodeports", "1", "services.loadbalancers", "1"));
    }

    @Test
    void whatAPodAsksForIsCountedAlsoOfExtendedResources() {
        quota(
                "quota",
                Map.of(
                        "pods", "5",
                        "cpu", "1",
                        "memory", "500Mi",
                        "ephemeral-storage", "50Gi",
                        "requests.example.com/dongle", "3"));
        pod("one", "", "cpu: 500m, memory: 252Mi, ephemeral-storage: 30Gi, example.com/dongle: 2");

        isUsed(
                "quota",
                Map.of(
                        "pods", "1",
                        "cpu", "500m",
                        "memory", "252Mi",
                        "ephemeral-storage", "30Gi",
                        "requests.example.com/dongle", "2"));
        assertThatThrownBy(() -> pod("two", "", "cpu: 600m, memory: 100Mi, ephemeral-storage: 1Gi"))
                .hasMessageContaining("exceeded quota: quota, requested: cpu=600m, used: cpu=500m, limited: cpu=1");
        assertThatThrownBy(
                        () -> pod("two", "", "cpu: 100m, memory: 100Mi, ephemeral-storage: 1Gi, example.com/dongle: 2"))
                .hasMessageContaining("exceeded quota: quota, requested: requests.example.com/dongle=2, used:"
                        + " requests.example.com/dongle=2, limited: requests.example.com/dongle=3");
        assertThatThrownBy(() -> pod("two", "", "cpu: 100m, ephemeral-storage: 1Gi"))
                .hasMessageContaining("failed quota: quota: must specify memory for: main");

        client.pods().inNamespace(namespace).withName("one").withGracePeriod(0).delete();
        isUsed(
                "quota",
                Map.of(
                        "pods", "0",
                        "cpu", "0",
                        "memory", "0",
                        "ephemeral-storage", "0",
                        "requests.example.com/dongle", "0"));
    }

    @Test
    void oneScopeIsOfPodsThatAskForNothingTheOtherOfTheRest() {
        quota("best-effort", Map.of("pods", "1"), "BestEffort");
        quota("not-best-effort", Map.of("pods", "1"), "NotBestEffort");

        pod("modest", "", "");
        isUsed("best-effort", Map.of("pods", "1"));
        isUsed("not-best-effort", Map.of("pods", "0"));
        assertThatThrownBy(() -> pod("another", "", "")).hasMessageContaining("exceeded quota: best-effort,");
        pod("asking", "", "cpu: 100m");
        isUsed("not-best-effort", Map.of("pods", "1"));
        assertThatThrownBy(() -> pod("another", "", "cpu: 100m"))
                .hasMessageContaining("exceeded quota: not-best-effort,");

        client.pods()
                .inNamespace(namespace)
                .withName("modest")
                .withGracePeriod(0)
                .delete();
        isUsed("best-effort", Map.of("pods", "0"));
        isUsed("not-best-effort", Map.of("pods", "1"));
    }

    @Test
    void oneScopeIsOfPodsThatEndTheOtherOfThoseThatDoNot() {
        Map<String, String> hard = Map.of("pods", "1", "requests.cpu", "1", "limits.memory", "1Gi");
        quota("terminating", hard, "Terminating");
        quota("not-terminating", hard, "NotTerminating");
        Map<String, String> nothing = Map.of("pods", "0", "requests.cpu", "0", "limits.memory", "0");
        Map<String, String> one = Map.of("pods", "1", "requests.cpu", "500m", "limits.memory", "200Mi");

        pod("lasting", "", "cpu: 500m, memory: 200Mi");
        isUsed("terminating", nothing);
        isUsed("not-terminating", one);
        pod("ending", "activeDeadlineSeconds: 3600, ", "cpu: 500m, memory: 200Mi");
        isUsed("terminating", one);
        isUsed("not-terminating", one);
        assertThatThrownBy(() -> pod("another", "activeDeadlineSeconds: 3600, ", "cpu: 100m, memory: 1Mi"))
                .hasMessageContaining("exceeded quota: terminating,");

        client.pods()
                .inNamespace(namespace)
                .withName("ending")
                .withGracePeriod(0)
                .delete();
        isUsed("terminating", nothing);
        isUsed("not-terminating", one);
    }

    @Test
    void aScopeMayNameThePrioritiesThatItIsOf() {
        client.resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName("critical")
                        .endMetadata()
                        .withNewSpec()
                        .withHard(Map.of("pods", Quantity.parse("1")))
                        .withNewScopeSelector()
                        .addNewMatchExpression()
                        .withScopeName("PriorityClass")
                        .withOperator("In")
                        .withValues("system-node-critical", "system-cluster-critical")
                        .endMatchExpression()
                        .endScopeSelector()
                        .endSpec()
                        .build())
                .create();
        isUsed("critical", Map.of("pods", "0"));

        pod("plain", "", "");
        pod("critical", "priorityClassName: system-cluster-critical, ", "");
        isUsed("critical", Map.of("pods", "1"));
        assertThatThrownBy(() -> pod("another", "priorityClassName: system-node-critical, ", ""))
                .hasMessageContaining("exceeded quota: critical, requested: pods=1, used: pods=1, limited: pods=1");
        pod("second", "", "");
    }

    private void create(String manifest) {
        client.resource(Yaml.parse(manifest).toString()).inNamespace(namespace).create();
    }

    private void service(String name, String type) {
        create("{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {type: %s, ports: [{port: 80}]}}"
                .formatted(name, type));
    }

    private void pod(String name, String spec, String resources) {
        create("""
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec: {%scontainers: [{name: main, image: nginx, resources: {requests: {%s}, limits: {%s}}}]}
                """.formatted(name, spec, resources, resources));
    }

    private void quota(String name, Map<String, String> hard, String... scopes) {
        var amounts = new TreeMap<String, Quantity>();
        hard.forEach((counted, amount) -> amounts.put(counted, Quantity.parse(amount)));
        client.resource(new ResourceQuotaBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withName(name)
                        .endMetadata()
                        .withNewSpec()
                        .withHard(amounts)
                        .withScopes(scopes)
                        .endSpec()
                        .build())
                .create();
        await().atMost(PATIENCE).until(() -> used(name).keySet().equals(hard.keySet()));
    }

    private void isUsed(String name, Map<String, String> amounts) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(used(name)).isEqualTo(new TreeMap<>(amounts)));
    }

    private Map<String, String> used(String name) {
        var used = new TreeMap<String, String>();
        var quota =
                client.resourceQuotas().inNamespace(namespace).withName(name).get();
        if (quota.getStatus() != null) {
            quota.getStatus().getUsed().forEach((counted, amount) -> used.put(counted, amount.toString()));
        }
        return used;
    }
}
