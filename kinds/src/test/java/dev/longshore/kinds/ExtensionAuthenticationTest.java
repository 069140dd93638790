package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.kinds.authentication.ProxyHeaders;
import dev.longshore.kinds.machinery.ExtensionAuthentication;
import dev.longshore.model.GroupResource;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExtensionAuthenticationTest {

    private static final GroupResource MAPS = new GroupResource("", "configmaps");
    private static final Duration YEAR = Duration.ofDays(365);

    private final Cluster cluster = new Cluster();
    private final String clients = certificate("clients", YEAR);
    private final String proxies = certificate("proxies", YEAR);
    private final ExtensionAuthentication upkeep = new ExtensionAuthentication(
            () -> clients, () -> proxies, List.of(ProxyHeaders.usual("front-proxy-client")), cluster.time);

    private String certificate(String name, Duration life) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            KeyPair keys = generator.generateKeyPair();
            var subject = new X500Principal("CN=" + name);
            Instant now = cluster.time.now();
            var builder = new JcaX509v3CertificateBuilder(
                    subject,
                    BigInteger.ONE,
                    Date.from(now.minus(Duration.ofDays(1))),
                    Date.from(now.plus(life)),
                    subject,
                    keys.getPublic());
            byte[] bytes = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                    .getEncoded();
            return "-----BEGIN CERTIFICATE-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                    + "\n-----END CERTIFICATE-----\n";
        } catch (Exception broken) {
            throw new AssertionError(broken);
        }
    }

    @BeforeEach
    void keep() {
        upkeep.keep(cluster.registry);
    }

    private Map<String, String> data() {
        return cluster.registry
                .get(MAPS, "kube-system", "extension-apiserver-authentication")
                .orElseThrow()
                .texts("data");
    }

    private void put(String key, String value) {
        cluster.registry.change(MAPS, "kube-system", "extension-apiserver-authentication", object -> {
            object.object("data").put(key, value);
            return object;
        });
    }

    @Test
    void tellsWhomToBelieveAndWhatTheHeadersAreCalled() {
        assertThat(data())
                .isEqualTo(Map.of(
                        "client-ca-file", clients,
                        "requestheader-allowed-names", "[\"front-proxy-client\"]",
                        "requestheader-client-ca-file", proxies,
                        "requestheader-extra-headers-prefix", "[\"X-Remote-Extra-\"]",
                        "requestheader-group-headers", "[\"X-Remote-Group\"]",
                        "requestheader-uid-headers", "[\"X-Remote-Uid\"]",
                        "requestheader-username-headers", "[\"X-Remote-User\"]"));
    }

    @Test
    void whatOthersAddedStays() {
        String other = certificate("other", YEAR);
        put("client-ca-file", other + clients);
        put("requestheader-allowed-names", "[\"aggregator\"]");

        keep();

        assertThat(data()).containsEntry("client-ca-file", other + clients);
        assertThat(data()).containsEntry("requestheader-allowed-names", "[\"aggregator\",\"front-proxy-client\"]");
    }

    @Test
    void whatExpiredOrCannotBeReadGoes() {
        put("client-ca-file", certificate("old", Duration.ofHours(-1)) + "rubbish");
        put("requestheader-client-ca-file", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        put("requestheader-username-headers", "nonsense");

        keep();

        assertThat(data()).containsEntry("client-ca-file", clients);
        assertThat(data()).containsEntry("requestheader-client-ca-file", proxies);
        assertThat(data()).containsEntry("requestheader-username-headers", "[\"X-Remote-User\"]");
    }
}
