package dev.longshore.kinds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.model.Resource;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Keys that kubelets ask certificates for, and the certificates that signers answer with.
class PodCertificateTest {

    private static final KeyPair PAIR = pair("EC", 256);
    private static final int SALT = 32;

    private final Cluster cluster = new Cluster();
    private final Instant now = cluster.time.now();

    private static KeyPair pair(String algorithm, int size) {
        try {
            var generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(size);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has " + algorithm, impossible);
        }
    }

    /// A key of primes that are known, all one less than a power of two: to find others takes seconds.
    private static KeyPair rsa(int... exponents) throws Exception {
        BigInteger modulus = BigInteger.ONE;
        BigInteger order = BigInteger.ONE;
        for (int exponent : exponents) {
            BigInteger prime = BigInteger.TWO.pow(exponent).subtract(BigInteger.ONE);
            modulus = modulus.multiply(prime);
            order = order.multiply(prime.subtract(BigInteger.ONE));
        }
        BigInteger shown = RSAKeyGenParameterSpec.F4;
        KeyFactory factory = KeyFactory.getInstance("RSA");
        return new KeyPair(
                factory.generatePublic(new RSAPublicKeySpec(modulus, shown)),
                factory.generatePrivate(new RSAPrivateKeySpec(modulus, shown.modInverse(order))));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] proof(KeyPair pair, String of) throws Exception {
        Signature signature =
                switch (pair.getPublic().getAlgorithm()) {
                    case "RSA" -> Signature.getInstance("RSASSA-PSS");
                    case "EC" -> Signature.getInstance("SHA256withECDSA");
                    default -> Signature.getInstance("EdDSA");
                };
        if (pair.getPublic().getAlgorithm().equals("RSA")) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SALT, 1));
        }
        signature.initSign(pair.getPrivate());
        signature.update(of.getBytes(StandardCharsets.UTF_8));
        return signature.sign();
    }

    private static String asking(KeyPair pair, String proven) throws Exception {
        return """
                apiVersion: certificates.k8s.io/v1beta1
                kind: PodCertificateRequest
                metadata: {name: one, namespace: default}
                spec: {signerName: example.com/signer, podName: a, podUID: "1", serviceAccountName: default, serviceAccountUID: "2", nodeName: n, nodeUID: "3", maxExpirationSeconds: 7200, pkixPublicKey: %s, proofOfPossession: %s}
                """.formatted(base64(pair.getPublic().getEncoded()), base64(proof(pair, proven)));
    }

    @ParameterizedTest
    @CsvSource({"EC, 256", "EC, 384", "EC, 521", "RSA, 4096", "Ed25519, 255"})
    void whoHasTheKeyMayAsk(String algorithm, int size) throws Exception {
        KeyPair pair = algorithm.equals("RSA") ? rsa(607, 1279, 2203) : pair(algorithm, size);

        assertThat(cluster.faults(asking(pair, "1"))).isEmpty();
        assertThat(cluster.faults(asking(pair, "2")))
                .containsExactly(
                        "spec.proofOfPossession: Invalid value: could not verify" + " proof-of-possession signature");
    }

    @Test
    void anRsaKeyHasOneOfTwoSizes() throws Exception {
        assertThat(cluster.faults(asking(rsa(521, 1279), "1")))
                .containsExactly("spec.pkixPublicKey: Invalid value: \"1800-bit modulus\": RSA keys must have modulus"
                        + " size 3072 or 4096");
    }

    private static String certificate(KeyPair of, Instant from, Instant to, GeneralName... names) throws Exception {
        var subject = new X500Principal("CN=one");
        var builder = new JcaX509v3CertificateBuilder(
                subject, BigInteger.ONE, Date.from(from), Date.from(to), subject, of.getPublic());
        if (names.length > 0) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(PAIR.getPrivate()))
                .getEncoded();
        return "-----BEGIN CERTIFICATE-----\n" + base64(der) + "\n-----END CERTIFICATE-----\n";
    }

    /// What is said of an answer; of one without times if it holds for none.
    private List<String> said(String chain, Instant from, Instant to, Instant refresh) throws Exception {
        Resource old = cluster.read(asking(PAIR, "1"));
        Resource answered = old.copy();
        var status = answered.tree().putObject("status");
        status.put("certificateChain", chain);
        if (from.isBefore(to)) {
            status.put("notBefore", from.toString());
            status.put("notAfter", to.toString());
            status.put("beginRefreshAt", refresh.toString());
        }
        status.putArray("conditions")
                .addObject()
                .put("type", "Issued")
                .put("status", "True")
                .put("reason", "A")
                .put("lastTransitionTime", now.toString());
        return cluster.kindOf(old).strategy().validateStatusUpdate(cluster.call, answered, old).stream()
                .map(cause -> cause.field() + ": " + cause.message().replaceFirst("\"-----BEGIN.*\": ", "CHAIN: "))
                .toList();
    }

    private Instant after(int minutes) {
        return now.plus(Duration.ofMinutes(minutes));
    }

    @Test
    void anAnswerMayBeTheCertificateAskedFor() throws Exception {
        String leaf = certificate(PAIR, now, after(60), new GeneralName(GeneralName.dNSName, "a.example.com"));

        assertThat(said(leaf, now, after(60), after(30))).isEmpty();
        assertThat(said(leaf + leaf, now, after(60), after(30))).isEmpty();
        assertThat(said(
                        leaf + "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n",
                        now,
                        after(60),
                        after(30)))
                .containsExactly(
                        "status.certificateChain: Invalid value: CHAIN: intermediate certificate does not parse"
                                + " as valid X.509");
        assertThat(said(leaf + "-----BEGIN KEY-----\nYQ==\n-----END KEY-----\n", now, after(60), after(30)))
                .containsExactly("status.certificateChain: Invalid value: CHAIN: issued certificate chain must consist"
                        + " entirely of CERTFICATE PEM blocks");
    }

    @Test
    void anAnswerIsForTheKeyAskedFor() throws Exception {
        assertThat(said(certificate(pair("EC", 256), now, after(60)), now, after(60), after(30)))
                .containsExactly("status.certificateChain: Invalid value: CHAIN: leaf certificate was not issued to the"
                        + " requested public key");
    }

    @Test
    void anAnswerSaysItsTimes() throws Exception {
        String leaf = certificate(PAIR, now, after(60));

        assertThat(said(leaf, now, now, now))
                .containsExactly(
                        "status.notBefore: Required value: must be present and consistent with the issued certificate",
                        "status.notAfter: Required value: must be present and consistent with the issued certificate",
                        "status.beginRefreshAt: Required value: must be present and in the range [notbefore+10min,"
                                + " notafter-10min]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0 | 60 | 1 | 60 | 30 | status.notBefore: Invalid value: "2026-01-01T00:01:00Z": must be set to the NotBefore time encoded in the leaf certificate
            6 | 66 | 6 | 66 | 30 | status.notBefore: Invalid value: "2026-01-01T00:06:00Z": must be set to within 5 minutes of kube-apiserver's current time
            0 | 60 | 0 | 61 | 30 | status.notAfter: Invalid value: "2026-01-01T01:01:00Z": must be set to the NotAfter time encoded in the leaf certificate
            0 | 59 | 0 | 59 | 30 | status.certificateChain: Invalid value: 3540000000000: leaf certificate lifetime must be >= 1 hour
            0 | 121 | 0 | 121 | 30 | status.certificateChain: Invalid value: 7260000000000: leaf certificate lifetime must be <= spec.maxExpirationSeconds (7200)
            0 | 60 | 0 | 60 | 9 | status.beginRefreshAt: Invalid value: "2026-01-01T00:09:00Z": must be at least 10 minutes after status.notBefore
            0 | 60 | 0 | 60 | 51 | status.beginRefreshAt: Invalid value: "2026-01-01T00:51:00Z": must be at least 10 minutes before status.notAfter
            """)
    void anAnswersTimesAreTheCertificates(int from, int to, int saidFrom, int saidTo, int refresh, String said)
            throws Exception {
        assertThat(said(certificate(PAIR, after(from), after(to)), after(saidFrom), after(saidTo), after(refresh)))
                .containsExactly(said);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            2 | `` | "": leaf certificate should not contain empty DNSName
            2 | a..b | "a..b": leaf certificate's DNSName should not contain '..'
            2 | a. | "a.": leaf certificate's DNSName should not start or end with '.'
            1 | a | "a": leaf certificate should not contain invalid EmailAddress
            """)
    void anAnswersNamesAreNames(int type, String name, String said) throws Exception {
        String leaf = certificate(PAIR, now, after(60), new GeneralName(type, name));

        assertThat(said(leaf, now, after(60), after(30)))
                .containsExactly("status.certificateChain: Invalid value: " + said);
    }
}
