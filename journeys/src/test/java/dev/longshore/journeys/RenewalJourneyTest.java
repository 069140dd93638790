package dev.longshore.journeys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.longshore.server.HollowCluster;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cluster whose certificates live for seconds goes on serving `kubectl`, through many renewals and beyond the end of
/// all that it began with.
@Order(18)
class RenewalJourneyTest {

    private static final Duration LIFE = Duration.ofSeconds(30);
    private static final Duration AHEAD = Duration.ofSeconds(24);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path scratch;

    @BeforeAll
    static void needKubectl() {
        Needs.tools("kubectl");
    }

    @Test
    void everythingGoesOnWhileAllCertificatesAreRenewedManyTimes() throws Exception {
        try (var cluster = new HollowCluster(1, scratch.resolve("cluster"), LIFE, AHEAD)) {
            Path kubeconfig = scratch.resolve("cluster/kubeconfig");
            Path copy = Files.copy(kubeconfig, scratch.resolve("first"));
            Instant end = admin(kubeconfig).getNotAfter().toInstant();
            var shell = new Shell(scratch, Map.of("KUBECONFIG", kubeconfig.toString()));
            shell.run("kubectl", "run", "web", "--image=web").succeeded();
            shell.run("kubectl", "wait", "--for=condition=Ready", "pod/web", "--timeout=60s")
                    .succeeded();
            Process watch =
                    shell.start("sh", "-c", "exec kubectl get pod web -w -L mark > " + scratch.resolve("watched"));
            Process attached = shell.start("kubectl", "attach", "web");
            try {
                var seen = new Shown(port(cluster), kubeletPort(cluster), kubeconfig);
                Instant limit = Instant.now().plus(LIMIT);
                while (Instant.now().isBefore(end.plusSeconds(2)) || !seen.isEnough()) {
                    assertThat(Instant.now()).isBefore(limit);
                    seen.look();
                    shell.run("kubectl", "get", "pod", "web").succeeded();
                    shell.run("kubectl", "logs", "web").succeeded();
                    shell.run("kubectl", "exec", "web", "--", "true").succeeded();
                }

                shell.run("kubectl", "label", "pod", "web", "mark=later").succeeded();
                await().atMost(PATIENCE)
                        .untilAsserted(() ->
                                assertThat(scratch.resolve("watched")).content().contains("later"));
                assertThat(attached.isAlive()).isTrue();
                shell.run("kubectl", "--kubeconfig", copy.toString(), "get", "pods")
                        .failed();
            } finally {
                watch.destroy();
                attached.destroy();
                watch.waitFor();
                attached.waitFor();
            }
        }
    }

    /// The serial numbers of the certificates that were shown so far.
    private record Shown(
            int server,
            int kubelet,
            Path kubeconfig,
            Set<BigInteger> servers,
            Set<BigInteger> kubelets,
            Set<BigInteger> admins) {

        Shown(int server, int kubelet, Path kubeconfig) {
            this(server, kubelet, kubeconfig, new HashSet<>(), new HashSet<>(), new HashSet<>());
        }

        boolean isEnough() {
            return servers.size() > 2 && kubelets.size() > 2 && admins.size() > 2;
        }

        void look() throws IOException, GeneralSecurityException {
            servers.add(shown(server).getSerialNumber());
            kubelets.add(shown(kubelet).getSerialNumber());
            admins.add(admin(kubeconfig).getSerialNumber());
        }
    }

    private static int port(HollowCluster cluster) {
        return Integer.parseInt(cluster.server().substring(cluster.server().lastIndexOf(':') + 1));
    }

    private static int kubeletPort(HollowCluster cluster) {
        try (KubernetesClient client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(cluster.kubeconfig()))
                .build()) {
            return client.nodes()
                    .withName("node-1")
                    .get()
                    .getStatus()
                    .getDaemonEndpoints()
                    .getKubeletEndpoint()
                    .getPort();
        }
    }

    private static X509Certificate admin(Path kubeconfig) throws IOException, GeneralSecurityException {
        String line = Files.readAllLines(kubeconfig).stream()
                .filter(one -> one.contains("client-certificate-data: "))
                .findFirst()
                .orElseThrow();
        byte[] pem = Base64.getDecoder()
                .decode(line.substring(line.indexOf(": ") + 2).strip());
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new java.io.ByteArrayInputStream(pem));
    }

    /// What the server at `port` shows to a stranger.
    private static X509Certificate shown(int port) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new Believer()}, null);
        try (Socket socket = context.getSocketFactory().createSocket("127.0.0.1", port)) {
            return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
        }
    }

    private static final class Believer implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // Nobody is a client here.
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // Only looked at.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
