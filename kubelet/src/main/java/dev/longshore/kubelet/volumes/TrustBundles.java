package dev.longshore.kubelet.volumes;

import dev.longshore.kubelet.cluster.ConfigApi;
import io.fabric8.kubernetes.api.model.ClusterTrustBundleProjection;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The trust anchors of ClusterTrustBundles, each once, in an order that says nothing.
final class TrustBundles {

    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]+)-----END CERTIFICATE-----");
    private static final int LINE = 64;

    private final ConfigApi config;

    TrustBundles(ConfigApi config) {
        this.config = config;
    }

    /// As PEM.
    ///
    /// @throws VolumeException when there are none, unless that is allowed
    byte[] of(ClusterTrustBundleProjection wanted) {
        boolean optional = Boolean.TRUE.equals(wanted.getOptional());
        if (wanted.getName() != null) {
            var found = config.trustBundle(wanted.getName());
            if (found.isEmpty() && !optional) {
                throw new VolumeException(
                        "while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io \"%s\" not found"
                                .formatted(wanted.getName()));
            }
            return merged(found.stream().toList());
        }
        if (wanted.getSignerName() == null) {
            throw new VolumeException("ClusterTrustBundle projection requires either name or signerName to be set");
        }
        // No selector selects nothing, an empty one everything.
        LabelSelector selector = wanted.getLabelSelector();
        List<String> found = selector == null ? List.of() : config.trustBundles(wanted.getSignerName(), selector);
        if (found.isEmpty() && !optional) {
            throw new VolumeException("combination of signerName and labelSelector matched zero ClusterTrustBundles");
        }
        return merged(found);
    }

    private static byte[] merged(List<String> bundles) {
        var anchors = new TreeSet<String>();
        for (String bundle : bundles) {
            Matcher certificates = CERTIFICATE.matcher(bundle);
            while (certificates.find()) {
                anchors.add(certificates.group(1).replaceAll("\\s", ""));
            }
        }
        var lines = Base64.getMimeEncoder(LINE, new byte[] {'\n'});
        var pem = new ByteArrayOutputStream();
        for (String anchor : anchors) {
            pem.writeBytes("-----BEGIN CERTIFICATE-----\n".getBytes(StandardCharsets.US_ASCII));
            pem.writeBytes(lines.encode(Base64.getDecoder().decode(anchor)));
            pem.writeBytes("\n-----END CERTIFICATE-----\n".getBytes(StandardCharsets.US_ASCII));
        }
        return pem.toByteArray();
    }
}
