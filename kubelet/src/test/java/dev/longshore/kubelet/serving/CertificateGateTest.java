package dev.longshore.kubelet.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.http.Headers;
import dev.longshore.http.Peer;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class CertificateGateTest {

    @Test
    void keepsOutWhoShowsNothing() throws Exception {
        assertThat(answer(List.of())).isEqualTo(401);
    }

    @Test
    void letsInTheApiServerAndAdministrators() throws Exception {
        assertThat(answer(List.of(certificate("CN=kube-apiserver-kubelet-client"))))
                .isEqualTo(200);
        assertThat(answer(List.of(certificate("O=system:masters,CN=admin")))).isEqualTo(200);
    }

    @Test
    void keepsOutAnybodyElse() throws Exception {
        assertThat(answer(List.of(certificate("O=system:nodes,CN=system:node:a"))))
                .isEqualTo(403);
        assertThat(answer(List.of(certificate("CN=O\\=system:masters")))).isEqualTo(403);
    }

    private static int answer(List<X509Certificate> chain) throws Exception {
        var request = new Request(
                "GET",
                "/pods",
                "/pods",
                Query.EMPTY,
                Headers.EMPTY,
                new ByteArrayInputStream(new byte[0]),
                new Peer("127.0.0.1:1", chain, true),
                Map.of());
        return new CertificateGate()
                .handle(request, passed -> Response.text(200, "in"))
                .status();
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
