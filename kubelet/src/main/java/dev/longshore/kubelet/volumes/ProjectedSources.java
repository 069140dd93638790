package dev.longshore.kubelet.volumes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCertificateProjection;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Works out the files of projected volumes: many sources in one directory, the later over the earlier.
final class ProjectedSources {

    private static final Duration USUAL_TOKEN_LIFE = Duration.ofHours(1);
    private static final int PRIVATE = 0600;

    private final Projections objects;
    private final Tokens tokens;
    private final TrustBundles bundles;
    private final PodCertificates certificates;

    ProjectedSources(Projections objects, Tokens tokens, TrustBundles bundles, PodCertificates certificates) {
        this.objects = objects;
        this.tokens = tokens;
        this.bundles = bundles;
        this.certificates = certificates;
    }

    /// @param group to which the volume will be given
    Map<String, AtomicFiles.Entry> of(PodContext pod, String volume, ProjectedVolumeSource source, OptionalLong group) {
        var files = new TreeMap<String, AtomicFiles.Entry>();
        var failures = new ArrayList<String>();
        var form = new Form(pod, volume, source.getDefaultMode(), user(pod.pod()), group);
        List<VolumeProjection> parts = source.getSources();
        for (int i = 0; i < parts.size(); i++) {
            try {
                files.putAll(of(parts.get(i), i, form));
            } catch (VolumeException failure) {
                failures.add(failure.getMessage());
            }
        }
        if (!failures.isEmpty()) {
            throw new VolumeException(
                    failures.size() == 1 ? failures.getFirst() : "[" + String.join(", ", failures) + "]");
        }
        return files;
    }

    private Map<String, AtomicFiles.Entry> of(VolumeProjection part, int index, Form form) {
        PodContext pod = form.pod;
        if (part.getConfigMap() != null) {
            var map = part.getConfigMap();
            return objects.configMap(pod, map.getName(), map.getOptional(), map.getItems(), form.mode);
        }
        if (part.getSecret() != null) {
            var secret = part.getSecret();
            return objects.secret(pod, secret.getName(), secret.getOptional(), secret.getItems(), form.mode);
        }
        if (part.getDownwardAPI() != null) {
            return objects.of(pod, part.getDownwardAPI().getItems(), form.mode);
        }
        if (part.getServiceAccountToken() != null) {
            ServiceAccountTokenProjection token = part.getServiceAccountToken();
            return Map.of(token.getPath(), form.guarded(token(form, token).getBytes(StandardCharsets.UTF_8)));
        }
        if (part.getClusterTrustBundle() != null) {
            var bundle = part.getClusterTrustBundle();
            return Map.of(bundle.getPath(), form.guarded(bundles.of(bundle)));
        }
        if (part.getPodCertificate() != null) {
            return certificate(part.getPodCertificate(), index, form);
        }
        throw new VolumeException("a source of the projected volume is of a kind that this node does not know");
    }

    private Map<String, AtomicFiles.Entry> certificate(PodCertificateProjection wanted, int index, Form form) {
        PodCertificates.Credentials held = certificates.of(form.pod.pod(), form.volume, index, wanted);
        var files = new TreeMap<String, AtomicFiles.Entry>();
        put(files, wanted.getCredentialBundlePath(), held.key() + held.chain(), form);
        put(files, wanted.getKeyPath(), held.key(), form);
        put(files, wanted.getCertificateChainPath(), held.chain(), form);
        return files;
    }

    private static void put(Map<String, AtomicFiles.Entry> files, String path, String text, Form form) {
        if (path != null && !path.isEmpty()) {
            files.put(path, form.guarded(text.getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private String token(Form form, ServiceAccountTokenProjection token) {
        return tokens.token(
                form.pod.pod(),
                form.volume + "/" + token.getPath(),
                Optional.ofNullable(token.getAudience()).orElse(""),
                Optional.ofNullable(token.getExpirationSeconds())
                        .map(Duration::ofSeconds)
                        .orElse(USUAL_TOKEN_LIFE));
    }

    /// The user that every container runs as, if that is known and one.
    private static OptionalLong user(Pod pod) {
        var common = pod.getSpec().getSecurityContext();
        Long usual = common == null ? null : common.getRunAsUser();
        List<Container> all = new ArrayList<>(pod.getSpec().getInitContainers());
        all.addAll(pod.getSpec().getContainers());
        List<Optional<Long>> users = all.stream()
                .map(container -> Optional.ofNullable(
                        container.getSecurityContext() != null
                                        && container.getSecurityContext().getRunAsUser() != null
                                ? container.getSecurityContext().getRunAsUser()
                                : usual))
                .distinct()
                .toList();
        return users.size() == 1 && users.getFirst().isPresent()
                ? OptionalLong.of(users.getFirst().get())
                : OptionalLong.empty();
    }

    /// How the files of one volume are written.
    private record Form(PodContext pod, String volume, Integer mode, OptionalLong user, OptionalLong group) {
        /// Only for whom it is meant, if that is known.
        AtomicFiles.Entry guarded(byte[] content) {
            boolean isKnown = user.isPresent() || group.isPresent();
            return new AtomicFiles.Entry(content, isKnown ? PRIVATE : Projections.mode(null, mode), user);
        }
    }
}
