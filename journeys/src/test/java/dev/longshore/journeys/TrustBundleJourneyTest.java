package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.Pem;
import io.fabric8.kubernetes.api.model.Event;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// ClusterTrustBundles in the volumes of real containers.
@Order(20)
@ExtendWith(SharedCluster.class)
@Tag(ContainerJourneys.TAG)
class TrustBundleJourneyTest {

    private static final int MANY = 101;
    private static final String ONE = authority("one");
    private static final String OTHER = authority("other");

    private static LivePods pods;

    @BeforeAll
    static void begin(RunningCluster cluster) {
        cluster.apply(bundle("bundle-alone", "", "{}", ONE)
                + "---\n"
                + bundle("example.com:anchors:a", "example.com/anchors", "{live: 'yes'}", ONE)
                + "---\n"
                + bundle("example.com:anchors:b", "example.com/anchors", "{live: 'no'}", OTHER));
        pods = new LivePods(cluster, "bundles");
        pods.create(pod("all", """
                        {clusterTrustBundle: {name: bundle-alone, path: alone}},
                        {clusterTrustBundle: {signerName: example.com/anchors, labelSelector: {}, path: all}},
                        {clusterTrustBundle: {signerName: example.com/anchors, labelSelector: {matchLabels: {live: 'no'}}, path: some}},
                        {clusterTrustBundle: {signerName: example.com/anchors, labelSelector: {matchLabels: {live: never}}, optional: true, path: none}},
                        {clusterTrustBundle: {signerName: example.com/anchors, optional: true, path: nil}},
                        {clusterTrustBundle: {name: bundle-nowhere, optional: true, path: nowhere}}""")
                + pod("many", many())
                + pod("missing", "{clusterTrustBundle: {name: bundle-missing, path: x}}")
                + pod("unmatched", """
                        {clusterTrustBundle: {signerName: example.com/anchors, labelSelector: {matchLabels: {live: never}}, path: x}}"""));
    }

    private static String many() {
        return IntStream.rangeClosed(1, MANY)
                .mapToObj("{clusterTrustBundle: {name: bundle-alone, path: many-%d}}"::formatted)
                .collect(Collectors.joining(", "));
    }

    @AfterAll
    static void end(RunningCluster cluster) {
        pods.close();
        cluster.kubectl(
                        "delete",
                        "clustertrustbundle",
                        "--ignore-not-found",
                        "bundle-alone",
                        "example.com:anchors:a",
                        "example.com:anchors:b")
                .succeeded();
    }

    @Test
    void bundlesAreProjectedByNameAndBySignerWithAndWithoutLabels() {
        pods.awaitReady("all");

        assertThat(read("all", "alone")).isEqualTo(ONE);
        assertThat(read("all", "all")).contains(ONE, OTHER).hasSize(ONE.length() + OTHER.length());
        assertThat(read("all", "some")).isEqualTo(OTHER);
        assertThat(read("all", "none")).isEmpty();
        assertThat(read("all", "nil")).isEmpty();
        assertThat(read("all", "nowhere")).isEmpty();
    }

    @Test
    void aPodMayHaveMoreThanAHundredOfThem() {
        pods.awaitReady("many");

        assertThat(pods.exec("many", "c", "cat /trust/many-* | grep -c BEGIN")).isEqualTo(MANY + "\n");
        assertThat(read("many", "many-" + MANY)).isEqualTo(ONE);
    }

    @Test
    void whatIsNotOptionalMustBeThere() {
        assertRefused("missing", "clustertrustbundle.certificates.k8s.io \"bundle-missing\" not found");
        assertRefused("unmatched", "combination of signerName and labelSelector matched zero ClusterTrustBundles");
    }

    @Test
    void theClusterPublishesWhoVouchesForItsApiServer(RunningCluster cluster) {
        String selected = "clustertrustbundle --field-selector spec.signerName=kubernetes.io/kube-apiserver-serving";

        eventually(
                PATIENCE,
                () -> assertThat(cluster.get(selected, "{.items[*].spec.trustBundle}"))
                        .isEqualTo(cluster.get("configmap kube-root-ca.crt", "{.data.ca\\.crt}")));
    }

    private static String authority(String name) {
        return Pem.of(CertificateAuthority.create(name, Instant.now(), Duration.ofDays(1), new SecureRandom())
                .identity()
                .chain());
    }

    /// A manifest of a bundle with the anchors in `pem`.
    static String bundle(String name, String signer, String labels, String pem) {
        return """
                apiVersion: certificates.k8s.io/v1beta1
                kind: ClusterTrustBundle
                metadata: {name: '%s', labels: %s}
                spec:
                  %s
                  trustBundle: |
                %s""".formatted(name, labels, signer.isEmpty() ? "" : "signerName: " + signer, pem.indent(4));
    }

    private static String pod(String name, String sources) {
        return """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: %s}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - {name: c, BUSYBOX, command: [sleep, '100000'], volumeMounts: [{name: v, mountPath: /trust}]}
                  volumes:
                  - {name: v, projected: {sources: [%s]}}
                """.formatted(name, sources);
    }

    private static String read(String pod, String file) {
        return pods.exec(pod, "c", "cat /trust/" + file);
    }

    private static void assertRefused(String pod, String why) {
        eventually(
                PATIENCE,
                () -> assertThat(pods.events(pod))
                        .filteredOn(event -> event.getReason().equals("FailedMount"))
                        .extracting(Event::getMessage)
                        .anyMatch(told -> told.contains(why)));
        assertThat(pods.pod(pod).getStatus().getPhase()).isEqualTo("Pending");
    }
}
