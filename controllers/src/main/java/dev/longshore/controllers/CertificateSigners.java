package dev.longshore.controllers;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What the signers of Kubernetes sign: pure rules.
final class CertificateSigners {

    static final String KUBELET_CLIENT = "kubernetes.io/kube-apiserver-client-kubelet";
    static final String KUBELET_SERVING = "kubernetes.io/kubelet-serving";
    static final String CLIENT = "kubernetes.io/kube-apiserver-client";
    static final String LEGACY = "kubernetes.io/legacy-unknown";

    private static final Duration SHORTEST = Duration.ofMinutes(10);
    private static final String NODE = "system:node:";
    private static final List<String> NODES = List.of("system:nodes");
    private static final Set<String> OPTIONAL = Set.of("digital signature", "key encipherment");

    /// Says what is wrong with a request.
    private interface Rule {
        Optional<String> fault(CertificateSigner.Subject subject, List<String> usages);
    }

    private static final Map<String, Rule> RULES = Map.of(
            KUBELET_CLIENT,
            CertificateSigners::kubeletClientFault,
            KUBELET_SERVING,
            CertificateSigners::kubeletServingFault,
            CLIENT,
            (subject, usages) -> clientFault(usages),
            LEGACY,
            (subject, usages) -> Optional.empty());

    private CertificateSigners() {}

    /// True of the four that are ours.
    static boolean isOurs(String signer) {
        return RULES.containsKey(signer);
    }

    /// Why `signer` does not sign this; empty if it does.
    static Optional<String> fault(String signer, CertificateSigner.Subject subject, List<String> usages) {
        return RULES.get(signer).fault(subject, usages);
    }

    /// How long a certificate lives of which `seconds` were asked for; null if nothing was asked.
    ///
    /// @param longest as `--cluster-signing-duration` has it
    static Duration lifetime(Integer seconds, Duration longest) {
        if (seconds == null) {
            return longest;
        }
        Duration asked = Duration.ofSeconds(seconds);
        if (asked.compareTo(longest) > 0) {
            return longest;
        }
        return asked.compareTo(SHORTEST) < 0 ? SHORTEST : asked;
    }

    private static Optional<String> kubeletClientFault(CertificateSigner.Subject subject, List<String> usages) {
        if (!subject.organizations().equals(NODES)) {
            return Optional.of("subject organization is not system:nodes");
        }
        if (!subject.dnsNames().isEmpty()) {
            return Optional.of("DNS subjectAltNames are not allowed");
        }
        if (!subject.emails().isEmpty()) {
            return Optional.of("Email subjectAltNames are not allowed");
        }
        if (!subject.addresses().isEmpty()) {
            return Optional.of("IP subjectAltNames are not allowed");
        }
        if (!subject.uris().isEmpty()) {
            return Optional.of("URI subjectAltNames are not allowed");
        }
        return nodeFault(subject).or(() -> usagesFault(usages, "client auth"));
    }

    private static Optional<String> kubeletServingFault(CertificateSigner.Subject subject, List<String> usages) {
        if (!subject.organizations().equals(NODES)) {
            return Optional.of("subject organization is not system:nodes");
        }
        if (subject.dnsNames().isEmpty() && subject.addresses().isEmpty()) {
            return Optional.of("DNS or IP subjectAltName is required");
        }
        if (!subject.emails().isEmpty()) {
            return Optional.of("Email subjectAltNames are not allowed");
        }
        if (!subject.uris().isEmpty()) {
            return Optional.of("URI subjectAltNames are not allowed");
        }
        return usagesFault(usages, "server auth").or(() -> nodeFault(subject));
    }

    private static Optional<String> nodeFault(CertificateSigner.Subject subject) {
        return subject.commonName().startsWith(NODE)
                ? Optional.empty()
                : Optional.of("subject common name does not begin with system:node:");
    }

    /// `key encipherment`, which only RSA keys can do, may be left out.
    private static Optional<String> usagesFault(List<String> usages, String purpose) {
        var wanted = new TreeSet<>(Set.of(purpose, "digital signature", "key encipherment"));
        var present = new TreeSet<>(usages);
        present.add("key encipherment");
        return present.equals(wanted)
                ? Optional.empty()
                : Optional.of("usages did not match [" + String.join(" ", wanted) + "]");
    }

    private static Optional<String> clientFault(List<String> usages) {
        return usages.stream()
                .filter(usage -> !OPTIONAL.contains(usage) && !usage.equals("client auth"))
                .findFirst()
                .map(usage -> "invalid usage for client certificate: " + usage)
                .or(() -> usages.contains("client auth")
                        ? Optional.empty()
                        : Optional.of("missing required usage for client certificate: client auth"));
    }
}
