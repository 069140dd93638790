package dev.longshore.journeys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Certificates that are asked for by the API.
@ExtendWith(HollowShared.class)
@ParameterizedClass
@MethodSource("dev.longshore.journeys.Kubectl#both")
@Order(18)
record CertificateJourneyTest(Kubectl anywhere) {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    @BeforeAll
    static void needOpenssl() {
        Needs.tools("openssl");
    }

    @Test
    void anApprovedRequestGivesACertificateThatTheServerKnows() {
        Kubectl kubectl = anywhere.fresh("csr");
        String name = "jane-" + NUMBERS.incrementAndGet();
        Files files = request(kubectl, name, "/O=developers/CN=jane", "client auth");
        assertThat(kubectl.ok("get", "csr", name)).contains("Pending");

        assertThat(kubectl.ok("certificate", "approve", name)).contains(name + " approved");
        issued(kubectl, name);
        assertThat(kubectl.ok("get", "csr", name)).contains("Approved,Issued");

        String certificate = kubectl.file(
                "jane.crt",
                new String(Base64.getDecoder().decode(kubectl.value("csr " + name, "{.status.certificate}")), UTF_8));
        kubectl.ok("create", "rolebinding", "jane", "--clusterrole=view", "--user=jane");
        String server =
                kubectl.ok("config", "view", "--minify", "--raw", "-o", "jsonpath={.clusters[0].cluster.server}");
        String authority = kubectl.file(
                "ca.crt",
                new String(
                        Base64.getDecoder()
                                .decode(kubectl.ok(
                                        "config",
                                        "view",
                                        "--minify",
                                        "--raw",
                                        "-o",
                                        "jsonpath={.clusters[0].cluster.certificate-authority-data}")),
                        UTF_8));
        String[] asJane = {
            "--kubeconfig=/dev/null",
            "--server=" + server,
            "--certificate-authority=" + authority,
            "--client-certificate=" + certificate,
            "--client-key=" + files.key
        };
        assertThat(with(kubectl, asJane, "get", "configmaps", "-o", "name")
                        .succeeded()
                        .out())
                .contains("configmap/kube-root-ca.crt");
        assertThat(with(kubectl, asJane, "get", "nodes").failed().err()).contains("User \"jane\" cannot list resource");
    }

    @Test
    void aDeniedRequestGetsNothing() {
        String name = "denied-" + NUMBERS.incrementAndGet();
        request(anywhere.fresh("csr-denied"), name, "/CN=mallory", "client auth");
        anywhere.ok("certificate", "deny", name);

        assertThat(anywhere.ok("get", "csr", name)).contains("Denied");
        assertThat(anywhere.value("csr " + name, "{.status.certificate}")).isEmpty();
    }

    @Test
    void whatItsSignerDoesNotSignFailsWithTheReason() {
        String name = "failed-" + NUMBERS.incrementAndGet();
        request(anywhere.fresh("csr-failed"), name, "/CN=server", "server auth");
        anywhere.ok("certificate", "approve", name);

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                anywhere.value("csr " + name, "{.status.conditions[?(@.type==\"Failed\")].message}"))
                        .isEqualTo("invalid usage for client certificate: server auth"));
    }

    @Test
    void aNodesClientCertificateIsApprovedByItself() {
        Kubectl kubectl = anywhere.fresh("csr-node");
        String name = "node-" + NUMBERS.incrementAndGet();
        request(
                kubectl,
                name,
                "/O=system:nodes/CN=system:node:" + name,
                "kubernetes.io/kube-apiserver-client-kubelet",
                3600,
                "digital signature",
                "client auth");

        issued(kubectl, name);
        assertThat(kubectl.value("csr " + name, "{.status.conditions[0].reason} {.status.conditions[0].message}"))
                .isEqualTo("AutoApproved Auto approving kubelet client certificate after SubjectAccessReview.");
    }

    @Test
    void aServingCertificateWaitsForSomebodysApproval() {
        Kubectl kubectl = anywhere.fresh("csr-serving");
        String name = "serving-" + NUMBERS.incrementAndGet();
        request(
                kubectl,
                name,
                "/O=system:nodes/CN=system:node:" + name,
                "kubernetes.io/kubelet-serving",
                3600,
                "digital signature",
                "key encipherment",
                "server auth");
        assertThat(kubectl.value("csr " + name, "{.status.conditions}")).isEmpty();

        kubectl.ok("certificate", "approve", name);

        issued(kubectl, name);
        assertThat(kubectl.fails("certificate", "deny", name)).contains("is already Approved");
    }

    @Test
    void whatCannotBeAskedForIsRefused() {
        Kubectl kubectl = anywhere.fresh("csr-refused");

        assertThat(refusal(kubectl, "kubernetes.io/kube-apiserver-client", 599))
                .contains("spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds"
                        + " (10 minutes)");
        assertThat(refusal(kubectl, "kubernetes.io/legacy-unknown", 600))
                .contains("the legacy signerName is not allowed via this API version");
    }

    @Test
    void theRootCertificateOfANamespaceIsPutRight() {
        Kubectl kubectl = anywhere.fresh("root-ca");
        kubectl.ok("wait", "--for=jsonpath={.metadata.name}=kube-root-ca.crt", "configmap/kube-root-ca.crt");
        String right = kubectl.value("configmap kube-root-ca.crt", "{.data.ca\\.crt}");
        assertThat(right).startsWith("-----BEGIN CERTIFICATE-----");

        kubectl.ok(
                "patch",
                "configmap",
                "kube-root-ca.crt",
                "--type=merge",
                "-p",
                "{\"data\":{\"ca.crt\":\"x\",\"y\":\"z\"}}");
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(kubectl.value("configmap kube-root-ca.crt", "{.data.ca\\.crt}{.data.y}"))
                                .isEqualTo(right));
    }

    private static String refusal(Kubectl kubectl, String signer, int seconds) {
        String name = "refused-" + NUMBERS.incrementAndGet();
        return kubectl.runWith(manifest(kubectl, name, "/CN=jane", signer, seconds, "client auth"), "create", "-f", "-")
                .failed()
                .err();
    }

    private record Files(String key) {}

    private static Files request(Kubectl kubectl, String name, String subject, String usage) {
        return request(kubectl, name, subject, "kubernetes.io/kube-apiserver-client", 86_400, usage);
    }

    private static Files request(
            Kubectl kubectl, String name, String subject, String signer, int seconds, String... usages) {
        kubectl.okWith(manifest(kubectl, name, subject, signer, seconds, usages), "create");
        return new Files(kubectl.directory()
                .resolve(kubectl.namespace())
                .resolve(name + ".key")
                .toString());
    }

    private static String manifest(
            Kubectl kubectl, String name, String subject, String signer, int seconds, String... usages) {
        String key = kubectl.file(name + ".key", "");
        String text = kubectl.file(name + ".csr", "");
        kubectl.shell()
                .run(
                        "openssl",
                        "req",
                        "-new",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-keyout",
                        key,
                        "-out",
                        text,
                        "-subj",
                        subject,
                        "-addext",
                        signer.endsWith("-serving") ? "subjectAltName=DNS:" + name : "keyUsage=digitalSignature")
                .succeeded();
        String pem = kubectl.shell().run("cat", text).succeeded().out();
        return """
                apiVersion: certificates.k8s.io/v1
                kind: CertificateSigningRequest
                metadata: {name: %s}
                spec: {request: %s, signerName: %s, expirationSeconds: %d, usages: [%s]}
                """.formatted(
                        name,
                        Base64.getEncoder().encodeToString(pem.getBytes(UTF_8)),
                        signer,
                        seconds,
                        String.join(", ", usages));
    }

    private static void issued(Kubectl kubectl, String name) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(kubectl.value("csr " + name, "{.status.certificate}"))
                        .isNotEmpty());
    }

    private static Ran with(Kubectl kubectl, String[] flags, String... command) {
        var all = new ArrayList<>(List.of(command));
        all.addAll(List.of(flags));
        return kubectl.run(all.toArray(String[]::new));
    }
}
