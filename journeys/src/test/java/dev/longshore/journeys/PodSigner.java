package dev.longshore.journeys;

import dev.longshore.server.pki.CertificateAuthority;
import dev.longshore.server.pki.Pem;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.PodCertificateRequest;
import io.fabric8.kubernetes.api.model.certificates.v1beta1.PodCertificateRequestBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/// A signer of pods' certificates, which Kubernetes leaves to others: it names a pod by what its annotations ask for
/// (`example.com/spiffe`, `example.com/dns`), for as long as the pod wants. It denies those that ask to be denied.
final class PodSigner implements AutoCloseable {

    private static final Duration SKEW = Duration.ofMinutes(1);

    private final String name;
    private final KubernetesClient client;
    private final CertificateAuthority authority;
    private final SecureRandom randomness = new SecureRandom();
    private final Queue<PodCertificateRequest> seen = new ConcurrentLinkedQueue<>();
    private final Map<String, String> issued = new ConcurrentHashMap<>();
    private final SharedIndexInformer<PodCertificateRequest> requests;

    /// Signs what is asked of `name` in `namespace`.
    PodSigner(KubernetesClient client, String namespace, String name, CertificateAuthority authority) {
        this.client = client;
        this.name = name;
        this.authority = authority;
        this.requests = client.resources(PodCertificateRequest.class)
                .inNamespace(namespace)
                .inform(new Answering());
    }

    /// All that was asked of it for a pod.
    List<PodCertificateRequest> seen(String pod) {
        return seen.stream()
                .filter(request -> request.getSpec().getPodName().equals(pod))
                .toList();
    }

    /// What it issued for a pod, in PEM.
    String chain(String pod) {
        return issued.get(pod);
    }

    private final class Answering implements ResourceEventHandler<PodCertificateRequest> {
        @Override
        public void onAdd(PodCertificateRequest request) {
            if (request.getSpec().getSignerName().equals(name)) {
                seen.add(request);
                answer(request);
            }
        }

        @Override
        public void onUpdate(PodCertificateRequest before, PodCertificateRequest now) {
            // Its own answer.
        }

        @Override
        public void onDelete(PodCertificateRequest request, boolean isUnknown) {
            // Answered long ago.
        }
    }

    private void answer(PodCertificateRequest request) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        var answer = new PodCertificateRequestBuilder(request);
        if (annotations(request).containsKey("example.com/deny")) {
            client.resource(answer.withNewStatus()
                            .addToConditions(condition("Denied", now))
                            .endStatus()
                            .build())
                    .updateStatus();
            return;
        }
        Instant start = now.minus(SKEW);
        Instant end = start.plusSeconds(request.getSpec().getMaxExpirationSeconds());
        String chain = sign(request, start, end);
        issued.put(request.getSpec().getPodName(), chain);
        client.resource(answer.withNewStatus()
                        .withCertificateChain(chain)
                        .withNotBefore(start.toString())
                        .withNotAfter(end.toString())
                        .withBeginRefreshAt(end.minus(Duration.ofMinutes(15)).toString())
                        .addToConditions(condition("Issued", now))
                        .endStatus()
                        .build())
                .updateStatus();
    }

    private static io.fabric8.kubernetes.api.model.Condition condition(String type, Instant now) {
        return new ConditionBuilder()
                .withType(type)
                .withStatus("True")
                .withReason("Test" + type)
                .withMessage("by the test's signer")
                .withLastTransitionTime(now.toString())
                .build();
    }

    private static Map<String, String> annotations(PodCertificateRequest request) {
        Map<String, String> told = request.getSpec().getUnverifiedUserAnnotations();
        return told == null ? Map.of() : told;
    }

    private String sign(PodCertificateRequest request, Instant start, Instant end) {
        X509Certificate issuer = authority.identity().chain().getFirst();
        try {
            var asked = new JcaPKCS10CertificationRequest(
                    Base64.getDecoder().decode(request.getSpec().getStubPKCS10Request()));
            var builder = new JcaX509v3CertificateBuilder(
                    X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded()),
                    new BigInteger(100, randomness),
                    Date.from(start),
                    Date.from(end),
                    new X500Name("CN=" + request.getSpec().getPodName()),
                    asked.getPublicKey());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer.getPublicKey()));
            builder.addExtension(Extension.subjectAlternativeName, false, names(annotations(request)));
            var signer = new JcaContentSignerBuilder("SHA256withECDSA")
                    .build(authority.identity().key());
            return Pem.of(List.of(new JcaX509CertificateConverter().getCertificate(builder.build(signer))));
        } catch (GeneralSecurityException | OperatorCreationException | IOException failure) {
            throw new IllegalStateException(
                    "cannot sign for " + request.getSpec().getPodName(), failure);
        }
    }

    private static GeneralNames names(Map<String, String> annotations) {
        return new GeneralNames(new GeneralName[] {
            new GeneralName(
                    GeneralName.uniformResourceIdentifier,
                    "spiffe://example.com" + annotations.getOrDefault("example.com/spiffe", "/nobody")),
            new GeneralName(GeneralName.dNSName, annotations.getOrDefault("example.com/dns", "nobody.example.com"))
        });
    }

    @Override
    public void close() {
        requests.close();
    }
}
