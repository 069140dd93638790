package dev.longshore.server.pki;

import dev.longshore.base.Time;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a kubelet shows on its HTTPS port when it asks for that by the API (`serverTLSBootstrap`). It makes a key and a
/// CertificateSigningRequest to the signer `kubernetes.io/kubelet-serving`, which somebody has to approve. Both lie in
/// files, so that the next start has them. Another is asked for when between 70 and 90 % of its time have gone; the
/// older is shown until that is there.
///
/// ```
/// nothing ──ask──► asked ──issued──► held ──late──► held and asked ──issued──► held
///                    │ denied, failed, or not answered within a quarter of an hour: asks again
/// ```
///
/// Thread-safe.
public final class ServingCertificate implements Supplier<Identity>, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ServingCertificate.class);

    private static final String FILES = "kubelet-server";
    private static final String SIGNER = "kubernetes.io/kubelet-serving";
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final Duration AFTER_REFUSAL = Duration.ofMinutes(2);
    private static final double EARLIEST = 0.7;
    private static final double SPREAD = 0.2;

    private final KubernetesClient client;
    private final NodeRequest node;
    private final KeyFiles files;
    private final SecureRandom randomness;
    private final Time time;
    private volatile Optional<Identity> held = Optional.empty();
    private Instant due = Instant.MIN;
    private Optional<Asked> asked = Optional.empty();
    private Optional<Time.Timer> timer = Optional.empty();
    private boolean isAway;
    private boolean isClosed;

    /// What was asked for.
    private record Asked(String name, NodeRequest.Made made, Instant since) {}

    /// @param client acts as the node
    /// @param directory where key and certificate are kept
    /// @param names DNS names and addresses that the node answers to
    public ServingCertificate(
            KubernetesClient client,
            String node,
            List<String> names,
            Path directory,
            SecureRandom randomness,
            Time time) {
        this.client = client;
        this.node = new NodeRequest(node, names);
        this.files = new KeyFiles(directory);
        this.randomness = randomness;
        this.time = time;
    }

    /// Takes what lies there, and asks if that is nothing, or too old.
    public synchronized void start() {
        try {
            files.read(FILES)
                    .filter(found ->
                            found.chain().getFirst().getNotAfter().toInstant().isAfter(time.now()))
                    .ifPresent(this::hold);
        } catch (IOException unreadable) {
            log.warn("another serving certificate is asked for: {}", unreadable.getMessage());
        }
        look();
    }

    /// What to show now.
    ///
    /// @throws IllegalStateException while there is nothing, which ends the connection
    @Override
    public Identity get() {
        return held.filter(identity -> time.now()
                        .isBefore(identity.chain().getFirst().getNotAfter().toInstant()))
                .orElseThrow(() -> new IllegalStateException(
                        "no serving certificate available for the kubelet: its request waits for approval"));
    }

    private synchronized void look() {
        if (isClosed) {
            return;
        }
        Duration next = LOOK;
        try {
            if (asked.isPresent()) {
                next = answered(asked.get());
            } else if (!time.now().isBefore(due)) {
                ask();
            }
            isAway = false;
        } catch (KubernetesClientException away) {
            if (!isAway) {
                log.warn("the serving certificate is asked for again until there is an answer: {}", away.getMessage());
            }
            isAway = true;
        } catch (IOException unusable) {
            log.warn("another serving certificate is asked for in {}: {}", AFTER_REFUSAL, unusable.getMessage());
            asked = Optional.empty();
            next = AFTER_REFUSAL;
        } finally {
            timer = Optional.of(time.schedule(next, this::look));
        }
    }

    private void ask() {
        NodeRequest.Made made = node.make(randomness);
        CertificateSigningRequest request = client.resource(new CertificateSigningRequestBuilder()
                        .withNewMetadata()
                        .withGenerateName("csr-")
                        .endMetadata()
                        .withNewSpec()
                        .withRequest(Base64.getEncoder().encodeToString(made.pem()))
                        .withSignerName(SIGNER)
                        .withUsages("digital signature", "server auth")
                        .endSpec()
                        .build())
                .create();
        asked = Optional.of(new Asked(request.getMetadata().getName(), made, time.now()));
        log.info("asked for a serving certificate: {}", request.getMetadata().getName());
    }

    /// @return when to look again
    private Duration answered(Asked before) throws IOException {
        CertificateSigningRequest request = client.certificates()
                .v1()
                .certificateSigningRequests()
                .withName(before.name)
                .get();
        boolean isOver = request == null || time.now().isAfter(before.since.plus(PATIENCE));
        if (request != null && isRefused(request)) {
            log.warn("the serving certificate {} was refused; another is asked for in {}", before.name, AFTER_REFUSAL);
            asked = Optional.empty();
            return AFTER_REFUSAL;
        }
        Optional<String> certificate = isOver ? Optional.empty() : issued(request);
        if (certificate.isPresent()) {
            Identity identity = new Identity(before.made.key(), chain(certificate.get(), before.made));
            files.writeForGood(FILES, identity);
            hold(identity);
            asked = Optional.empty();
        } else if (isOver) {
            asked = Optional.empty();
        }
        return LOOK;
    }

    private static boolean isRefused(CertificateSigningRequest request) {
        return request.getStatus() != null
                && request.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Denied")
                                || condition.getType().equals("Failed"));
    }

    private static Optional<String> issued(CertificateSigningRequest request) {
        return Optional.ofNullable(request.getStatus())
                .map(CertificateSigningRequestStatus::getCertificate)
                .filter(certificate -> !certificate.isEmpty());
    }

    /// @throws IOException when there is no certificate of the key that was asked with
    private static List<X509Certificate> chain(String base64, NodeRequest.Made made) throws IOException {
        List<X509Certificate> chain = certificates(base64);
        if (chain.isEmpty() || !chain.getFirst().getPublicKey().equals(made.proven())) {
            throw new IOException("the signer gave no certificate of the key that was asked with");
        }
        return chain;
    }

    private static List<X509Certificate> certificates(String base64) throws IOException {
        try {
            return CertificateFactory.getInstance("X.509")
                    .generateCertificates(
                            new ByteArrayInputStream(Base64.getDecoder().decode(base64)))
                    .stream()
                    .map(X509Certificate.class::cast)
                    .toList();
        } catch (GeneralSecurityException | IllegalArgumentException broken) {
            throw new IOException("the signer gave no readable certificate", broken);
        }
    }

    private void hold(Identity identity) {
        X509Certificate leaf = identity.chain().getFirst();
        Instant start = leaf.getNotBefore().toInstant();
        Duration life = Duration.between(start, leaf.getNotAfter().toInstant());
        due = start.plusMillis((long) (life.toMillis() * (EARLIEST + SPREAD * randomness.nextDouble())));
        held = Optional.of(identity);
        log.info("the serving certificate is good until {}", leaf.getNotAfter().toInstant());
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        timer.ifPresent(Time.Timer::cancel);
    }
}
