package dev.longshore.kubelet.volumes;

import dev.longshore.base.Der;
import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.ConfigApi.Request;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCertificateProjection;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys of pods, and the certificates that signers give for them: asked for when the pod's volume is first looked at,
/// and anew from the time on that the signer says. The older one stands until the newer is there. Looked at whenever
/// the volume is; each place by one thread at a time.
final class PodCertificates {

    /// Whoever hears nothing of a request for so long asks again.
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN [A-Z ]+-----([^-]+)-----END [A-Z ]+-----");

    private final ConfigApi config;
    private final SecureRandom randomness;
    private final Time time;
    private final Map<Place, Standing> standing = new ConcurrentHashMap<>();

    PodCertificates(ConfigApi config, SecureRandom randomness, Time time) {
        this.config = config;
        this.randomness = randomness;
        this.time = time;
    }

    private record Place(String podUid, String volume, int index) {}

    /// What is asked for.
    private record Asked(String key, String name, Instant since) {}

    /// @param asked of the signer, and not answered yet
    private record Standing(Optional<Credentials> held, Optional<Asked> asked) {
        static final Standing NOTHING = new Standing(Optional.empty(), Optional.empty());
    }

    /// A key with its certificates, in PEM.
    record Credentials(String key, String chain, Instant refreshAt) {
        @Override
        public String toString() {
            return "Credentials[refresh at " + refreshAt + "]";
        }
    }

    /// The credentials of one source of a projected volume.
    ///
    /// @throws VolumeException while there are none
    Credentials of(Pod pod, String volume, int index, PodCertificateProjection wanted) {
        var place = new Place(pod.getMetadata().getUid(), volume, index);
        Standing before = standing.getOrDefault(place, Standing.NOTHING);
        Standing now = before.asked.isPresent()
                ? answered(pod, before, before.asked.get())
                : isDue(before) ? asked(pod, before, wanted) : before;
        standing.put(place, now);
        return now.held.orElseThrow(() -> new VolumeException("credential bundle is not issued yet"));
    }

    private boolean isDue(Standing standing) {
        return standing.held.isEmpty()
                || !time.now().isBefore(standing.held.get().refreshAt());
    }

    private Standing asked(Pod pod, Standing before, PodCertificateProjection wanted) {
        KeyProof proof = KeyProof.of(wanted.getKeyType(), randomness);
        try {
            String name = config.requestCertificate(pod, wanted, proof.request());
            return new Standing(before.held, Optional.of(new Asked(proof.key(), name, time.now())));
        } catch (RuntimeException refused) {
            if (before.held.isPresent()) {
                return before;
            }
            throw new VolumeException("while creating initial PodCertificateRequest: " + refused.getMessage(), refused);
        }
    }

    private Standing answered(Pod pod, Standing before, Asked asked) {
        Optional<Request> request = config.certificateRequest(pod.getMetadata().getNamespace(), asked.name);
        if (request.isEmpty()) {
            boolean isLost = time.now().isAfter(asked.since.plus(PATIENCE));
            return isLost ? new Standing(before.held, Optional.empty()) : before;
        }
        return switch (request.get()) {
            case Request.Waiting() -> before;
            case Request.Issued(String chain, Instant refreshAt) ->
                new Standing(Optional.of(new Credentials(asked.key, clean(chain), refreshAt)), Optional.empty());
            case Request.Refused(String how, String reason, String message) ->
                throw new VolumeException("PodCertificateRequest was permanently %s: reason=\"%s\" message=\"%s\""
                        .formatted(how, reason, message));
        };
    }

    /// The blocks alone.
    private static String clean(String chain) {
        var text = new StringBuilder();
        Matcher blocks = BLOCK.matcher(chain);
        while (blocks.find()) {
            text.append(Der.pem("CERTIFICATE", java.util.Base64.getMimeDecoder().decode(blocks.group(1))));
        }
        return text.toString();
    }

    /// Forgets those of a pod.
    void forget(String podUid) {
        standing.keySet().removeIf(place -> place.podUid().equals(podUid));
    }
}
