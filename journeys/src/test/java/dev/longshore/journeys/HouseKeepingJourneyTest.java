package dev.longshore.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What the small controllers do unasked.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(18)
record HouseKeepingJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void endpointsThatPeopleWriteAreMirroredInSlices() {
        Kubectl kubectl = anywhere.fresh("mirror");
        kubectl.okWith("""
                apiVersion: v1
                kind: Service
                metadata: {name: database}
                spec: {ports: [{port: 5432}]}
                """, "create");
        kubectl.okWith("""
                apiVersion: v1
                kind: Endpoints
                metadata: {name: database}
                subsets: [{addresses: [{ip: 203.0.113.7}], ports: [{port: 5432}]}]
                """, "create");
        String slices = "endpointslices -l kubernetes.io/service-name=database";
        String said = "{.items[*].endpoints[*].addresses[0]} {.items[*].ports[*].port}"
                + " {.items[*].metadata.labels.endpointslice\\.kubernetes\\.io/managed-by}";
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value(slices, said))
                        .isEqualTo("203.0.113.7 5432 endpointslicemirroring-controller.k8s.io"));

        kubectl.ok("delete", "endpoints", "database");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value(slices, "{.items[*].metadata.name}"))
                        .isEmpty());
    }

    @Test
    void loadBalancersGetAnAddressOutOfTheRangeOrTheOneTheyAskFor() {
        Kubectl kubectl = anywhere.fresh("balancer");
        String asked = "198.51.100.2" + (anywhere.version().equals("1.27") ? "27" : "33");
        kubectl.okWith(balancer("asking", "loadBalancerIP: " + asked), "create");
        isAddress(kubectl, "asking", asked);
        kubectl.okWith(balancer("any", "externalTrafficPolicy: Cluster"), "create");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("service any", "{.status.loadBalancer.ingress[0].ip}"))
                        .startsWith("198.51.100."));
        kubectl.okWith(balancer("foreign", "loadBalancerClass: example.com/other"), "create");
        kubectl.okWith(balancer("second", "loadBalancerIP: " + asked), "create");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "service", "second"))
                        .contains("SyncLoadBalancerFailed", asked + " is taken by another Service"));
        isAddress(kubectl, "foreign", "");
        String finalizers = "{.metadata.finalizers[*]}";
        assertThat(kubectl.value("service asking", finalizers))
                .isEqualTo("service.kubernetes.io/load-balancer-cleanup");
        assertThat(kubectl.value("service foreign", finalizers)).isEmpty();

        kubectl.ok("delete", "service", "asking");
        isAddress(kubectl, "second", asked);
        kubectl.ok(
                "patch",
                "service",
                "second",
                "--type=merge",
                "-p",
                "{\"spec\":{\"type\":\"ClusterIP\",\"loadBalancerIP\":null}}");
        isAddress(kubectl, "second", "");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.ok("describe", "service", "second"))
                        .contains("DeletingLoadBalancer", "DeletedLoadBalancer"));
        assertThat(kubectl.value("service second", finalizers)).isEmpty();
    }

    @Test
    void itIsWrittenDownSinceWhenUsesOfTokensAre() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(anywhere.value(
                                "configmap kube-apiserver-legacy-service-account-token-tracking -n kube-system",
                                "{.data.since}"))
                        .matches("\\d{4}-\\d\\d-\\d\\d"));
    }

    private static String balancer(String name, String spec) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec: {type: LoadBalancer, ports: [{port: 80}], %s}
                """.formatted(name, spec);
    }

    private static void isAddress(Kubectl kubectl, String service, String address) {
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kubectl.value("service " + service, "{.status.loadBalancer.ingress[0].ip}"))
                                .isEqualTo(address));
    }

    @Test
    void aSecretForATokenIsFilledAndTheTokenIsKnown() {
        Kubectl kubectl = anywhere.fresh("token");
        kubectl.ok("create", "serviceaccount", "robot");
        kubectl.okWith("""
                apiVersion: v1
                kind: Secret
                metadata: {name: kept, annotations: {kubernetes.io/service-account.name: robot}}
                type: kubernetes.io/service-account-token
                """, "create");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("secret kept", "{.data.token}"))
                        .isNotEmpty());
        assertThat(decoded(kubectl.value("secret kept", "{.data.namespace}"))).isEqualTo(kubectl.namespace());
        assertThat(decoded(kubectl.value("secret kept", "{.data.ca\\.crt}"))).startsWith("-----BEGIN CERTIFICATE");

        String token = decoded(kubectl.value("secret kept", "{.data.token}"));
        assertThat(kubectl.fails("--token=" + token, "--kubeconfig=" + withoutUser(kubectl), "get", "pods"))
                .contains("User \"system:serviceaccount:" + kubectl.namespace() + ":robot\" cannot list");

        kubectl.ok("delete", "serviceaccount", "robot");
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(kubectl.run("get", "secret", "kept").exit()).isNotZero());
    }

    /// The admin's kubeconfig, of the cluster only.
    private static String withoutUser(Kubectl kubectl) {
        String text = kubectl.ok("config", "view", "--minify", "--raw", "-o", "json")
                .replaceAll("\"client-(certificate|key)-data\": \"[^\"]*\",?", "");
        return kubectl.file("nobody.json", text);
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), UTF_8);
    }

    @Test
    void nodesAreToldForHowLongTheyMayKeepWhatTheyRead() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(anywhere.value(
                                "node node-1", "{.metadata.annotations.node\\.alpha\\.kubernetes\\.io/ttl}"))
                        .isEqualTo("0"));
    }
}
