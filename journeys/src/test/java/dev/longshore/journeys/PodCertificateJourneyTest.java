package dev.longshore.journeys;

import static dev.longshore.journeys.HelloApplication.PATIENCE;
import static dev.longshore.journeys.RunningCluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.Pem;
import io.fabric8.kubernetes.api.model.Event;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Keys and certificates that the node makes for pods, and a signer of the test vouches for, in real containers: two
/// of them know each other by nothing else.
@Order(20)
@ExtendWith(SharedCluster.class)
@Tag(ContainerJourneys.TAG)
class PodCertificateJourneyTest {

    private static final String NAMESPACE = "podcerts";
    private static final String SIGNER = "example.com/podcerts";
    private static final String SERVER_NAME = "server.podcerts.svc";

    private static final String SERVER = """
            import http.server, ssl

            class Hello(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    names = dict(self.connection.getpeercert()['subjectAltName'])
                    body = ('hello ' + names['URI'] + '\\n').encode()
                    self.send_response(200)
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain('/own/both')
            context.load_verify_locations('/own/anchors')
            context.verify_mode = ssl.CERT_REQUIRED
            server = http.server.ThreadingHTTPServer(('', 8443), Hello)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.serve_forever()
            """;

    private static final String CLIENT = """
            import http.client, ssl, sys

            context = ssl.create_default_context(cafile='/own/anchors')
            if len(sys.argv) == 1:
                context.load_cert_chain('/own/chain', '/own/key')
            try:
                connection = http.client.HTTPSConnection('server.podcerts.svc', 8443, context=context, timeout=10)
                connection.request('GET', '/')
                print(connection.getresponse().read().decode(), end='')
            except (ssl.SSLError, ConnectionError) as refused:
                print('refused:', refused)
            """;

    private static final String PODS = """
            apiVersion: v1
            kind: Service
            metadata: {name: server}
            spec: {selector: {app: server}, ports: [{port: 8443}]}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: server, labels: {app: server}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: longshore.local/python
                imagePullPolicy: IfNotPresent
                command: [python3, /app/main.py]
                readinessProbe: {tcpSocket: {port: 8443}, periodSeconds: 1}
                volumeMounts: [{name: app, mountPath: /app}, {name: own, mountPath: /own}]
              volumes:
              - {name: app, configMap: {name: server}}
              - name: own
                projected:
                  sources:
                  - podCertificate:
                      signerName: example.com/podcerts
                      keyType: ECDSAP256
                      maxExpirationSeconds: 3600
                      credentialBundlePath: both
                      userAnnotations: {example.com/dns: server.podcerts.svc, example.com/spiffe: /server}
                  - {clusterTrustBundle: {signerName: example.com/podcerts, labelSelector: {}, path: anchors}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: client}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: longshore.local/python
                imagePullPolicy: IfNotPresent
                command: [sleep, '100000']
                volumeMounts: [{name: app, mountPath: /app}, {name: own, mountPath: /own}]
              volumes:
              - {name: app, configMap: {name: client}}
              - name: own
                projected:
                  sources:
                  - podCertificate:
                      signerName: example.com/podcerts
                      keyType: RSA3072
                      keyPath: key
                      certificateChainPath: chain
                      userAnnotations: {example.com/spiffe: /client}
                  - {clusterTrustBundle: {signerName: example.com/podcerts, labelSelector: {}, path: anchors}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: denied}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: main, BUSYBOX, command: [sleep, '100000'], volumeMounts: [{name: own, mountPath: /own}]}
              volumes:
              - name: own
                projected:
                  sources:
                  - podCertificate:
                      signerName: example.com/podcerts
                      keyType: ED25519
                      credentialBundlePath: both
                      userAnnotations: {example.com/deny: 'yes'}
            """;

    private static LivePods pods;
    private static PodSigner signer;

    @BeforeAll
    static void begin(RunningCluster cluster) {
        PythonPods.prepare(cluster);
        pods = new LivePods(cluster, NAMESPACE);
        var authority = CertificateAuthority.create("podcerts", Instant.now(), Duration.ofDays(10), new SecureRandom());
        cluster.apply(TrustBundleJourneyTest.bundle(
                "example.com:podcerts:all",
                SIGNER,
                "{}",
                Pem.of(authority.identity().chain())));
        signer = new PodSigner(pods.client(), NAMESPACE, SIGNER, authority);
        pods.create(
                PythonPods.script("server", SERVER) + "---\n" + PythonPods.script("client", CLIENT) + "---\n" + PODS);
    }

    @AfterAll
    static void end(RunningCluster cluster) {
        signer.close();
        pods.close();
        cluster.kubectl("delete", "clustertrustbundle", "example.com:podcerts:all")
                .succeeded();
    }

    @Test
    void podsKnowEachOtherByTheirCertificates() {
        pods.awaitReady("server");
        pods.awaitReady("client");

        eventually(
                PATIENCE,
                () -> assertThat(pods.exec("client", "main", "python3 /app/main.py"))
                        .isEqualTo("hello spiffe://example.com/client\n"));
        // TLS 1.3 tells a client without a certificate when it writes or reads, whichever comes first.
        assertThat(pods.exec("client", "main", "python3 /app/main.py unknown")).startsWith("refused:");
    }

    @Test
    void aSignerLearnsOfWhomItSignsAndWhatThePodSays() {
        var pod = pods.awaitReady("server");
        var spec = signer.seen("server").getFirst().getSpec();

        assertThat(spec.getUnverifiedUserAnnotations())
                .isEqualTo(Map.of("example.com/dns", SERVER_NAME, "example.com/spiffe", "/server"));
        assertThat(spec.getPodUID()).isEqualTo(pod.getMetadata().getUid());
        assertThat(spec.getServiceAccountName()).isEqualTo("default");
        assertThat(spec.getNodeName()).isEqualTo(pod.getSpec().getNodeName());
        assertThat(signer.seen("server")).as("asked once").hasSize(1);
    }

    @Test
    void aCertificateLivesAsLongAsThePodWantsAndADayIfItDoesNotSay() throws GeneralSecurityException {
        pods.awaitReady("server");
        pods.awaitReady("client");

        String both = pods.exec("server", "main", "cat /own/both");
        assertThat(both).startsWith("-----BEGIN PRIVATE KEY-----").endsWith(signer.chain("server"));
        assertThat(lifetime(both)).isEqualTo(Duration.ofHours(1));
        String chain = pods.exec("client", "main", "cat /own/chain");
        assertThat(chain).isEqualTo(signer.chain("client"));
        assertThat(lifetime(chain)).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void whoeverIsDeniedDoesNotStartAndIsToldWhy() {
        eventually(
                PATIENCE,
                () -> assertThat(pods.events("denied"))
                        .extracting(Event::getMessage)
                        .anyMatch(told -> told.contains("PodCertificateRequest was permanently denied:"
                                + " reason=\"TestDenied\" message=\"by the test's signer\"")));
        assertThat(pods.pod("denied").getStatus().getPhase()).isEqualTo("Pending");
    }

    private static Duration lifetime(String pem) throws GeneralSecurityException {
        String block = pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"));
        var certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(block.getBytes(StandardCharsets.US_ASCII)));
        return Duration.between(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }
}
