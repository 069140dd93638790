package dev.longshore.kubelet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.base.ManualTime;
import dev.longshore.http.Headers;
import dev.longshore.http.Peer;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.kubelet.cluster.AccessApi;
import dev.longshore.model.UserInfo;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class AccessGateTest {

    private final ManualTime time = new ManualTime();
    private final Cluster cluster = new Cluster();
    private final AccessGate gate = new AccessGate(cluster, time);

    @Test
    void keepsOutWhoShowsNothingOrAnUnknownToken() throws Exception {
        assertThat(get("/pods", List.of(), "").status()).isEqualTo(401);
        assertThat(get("/pods", List.of(), "Bearer stranger").status()).isEqualTo(401);
        assertThat(get("/pods", List.of(), "Basic scraper").status()).isEqualTo(401);
    }

    @Test
    void letsInTheApiServerAndAdministratorsWithoutAsking() throws Exception {
        cluster.isDown = true;

        assertThat(get("/pods", List.of(certificate("CN=kube-apiserver-kubelet-client")), "")
                        .status())
                .isEqualTo(200);
        assertThat(get("/pods", List.of(certificate("O=system:masters,CN=admin")), "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void letsAnybodyElseDoWhatTheClusterAllowsThem() throws Exception {
        assertThat(get("/metrics/resource", List.of(certificate("CN=scraper")), "")
                        .status())
                .isEqualTo(200);
        assertThat(get("/metrics/resource", List.of(), "Bearer scraper").status())
                .isEqualTo(200);
        assertThat(get("/pods", List.of(certificate("CN=lister")), "").status()).isEqualTo(200);
    }

    @Test
    void refusesTheRestInTheWordsOfAKubelet() throws Exception {
        Response.Full refused = get("/pods", List.of(certificate("CN=scraper")), "");

        assertThat(refused.status()).isEqualTo(403);
        assertThat(new String(refused.body(), StandardCharsets.UTF_8))
                .isEqualTo("Forbidden (user=scraper, verb=get, resource=nodes, subresource(s)=[pods proxy])\n");
        assertThat(get("/pods", List.of(certificate("CN=O\\=system:masters")), "")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void remembersForAWhileWhatTheClusterSaid() throws Exception {
        get("/metrics/resource", List.of(), "Bearer scraper");
        cluster.isDown = true;

        assertThat(get("/metrics/resource", List.of(), "Bearer scraper").status())
                .isEqualTo(200);
        time.advance(Duration.ofMinutes(3));
        // Who that is cannot be found out any more.
        assertThat(get("/metrics/resource", List.of(), "Bearer scraper").status())
                .isEqualTo(401);
    }

    /// Knows the token `scraper`; lets the scraper read metrics, and the lister list pods.
    private static final class Cluster implements AccessApi {
        private boolean isDown;

        @Override
        public Optional<UserInfo> user(String token) {
            requireUp();
            return token.equals("scraper") ? Optional.of(UserInfo.of("scraper")) : Optional.empty();
        }

        @Override
        public boolean allows(UserInfo user, String verb, String subresource) {
            requireUp();
            return verb.equals("get")
                    && Map.of("scraper", "metrics", "lister", "pods")
                            .getOrDefault(user.name(), "")
                            .equals(subresource);
        }

        private void requireUp() {
            if (isDown) {
                throw new IllegalStateException("the cluster does not answer");
            }
        }
    }

    private Response.Full get(String path, List<X509Certificate> chain, String credentials) throws Exception {
        var request = new Request(
                "GET",
                path,
                path,
                Query.EMPTY,
                credentials.isEmpty() ? Headers.EMPTY : Headers.of("Authorization", credentials),
                new ByteArrayInputStream(new byte[0]),
                new Peer("127.0.0.1:1", chain, true),
                Map.of());
        return (Response.Full) gate.handle(request, passed -> Response.text(200, "in"));
    }

    private static X509Certificate certificate(String subject) throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        var name = new X500Name(subject);
        var builder = new JcaX509v3CertificateBuilder(
                name, BigInteger.ONE, new Date(0), new Date(Long.MAX_VALUE / 1_000_000), name, keys.getPublic());
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }
}
