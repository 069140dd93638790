package dev.longshore.kubelet.pods;

import dev.longshore.kinds.pods.NodeFeature;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Rejects pods that ask for rights which this node cannot give or enforce. After the admission handlers of the
/// kubelet of Kubernetes 1.36, in their order.
final class SecurityAdmission {

    private static final String OS = "linux";
    private static final String OS_LABEL = "kubernetes.io/os";

    private final PodSettings settings;
    private final AppArmor appArmor;

    SecurityAdmission(PodSettings settings) {
        this(settings, Path.of("/"));
    }

    /// `root` is where the host's `/sys` is.
    SecurityAdmission(PodSettings settings, Path root) {
        this.settings = settings;
        this.appArmor = new AppArmor(root);
    }

    /// Why the node does not take `pod`; empty when nothing speaks against it.
    Optional<NodeAdmission.Refusal> admit(Pod pod) {
        return sysctls(pod).or(() -> system(pod)).or(() -> appArmor(pod)).or(() -> features(pod));
    }

    private Optional<NodeAdmission.Refusal> sysctls(Pod pod) {
        return new SysctlRules(settings.security().allowedUnsafeSysctls())
                .refusal(pod)
                .map(why -> new NodeAdmission.Refusal("SysctlForbidden", "forbidden sysctl: " + why));
    }

    private static Optional<NodeAdmission.Refusal> system(Pod pod) {
        String label = Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.<String, String>of())
                .getOrDefault(OS_LABEL, OS);
        if (!label.equals(OS)) {
            return Optional.of(new NodeAdmission.Refusal(
                    "PodOSSelectorNodeLabelDoesNotMatch",
                    "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label"));
        }
        if (pod.getSpec().getOs() != null && !OS.equals(pod.getSpec().getOs().getName())) {
            return Optional.of(new NodeAdmission.Refusal(
                    "PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS"));
        }
        return Optional.empty();
    }

    /// The scheduler sees to that as well; this is for pods that were bound past it.
    private static Optional<NodeAdmission.Refusal> features(Pod pod) {
        boolean hasOwnUsers = Boolean.TRUE.equals(pod.getSpec().getHostNetwork())
                && Boolean.FALSE.equals(pod.getSpec().getHostUsers());
        List<String> missing = NodeFeature.missing(
                NodeFeature.neededBy(RestartRule.couldRestartAll(pod), hasOwnUsers), NodeFeature.OURS);
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of(new NodeAdmission.Refusal(
                        "PodFeatureUnsupported",
                        "Pod requires node features that are not available: " + String.join(", ", missing)));
    }

    private Optional<NodeAdmission.Refusal> appArmor(Pod pod) {
        if (settings.hollow()) {
            return Optional.empty();
        }
        return appArmor.refusal(pod)
                .map(why -> new NodeAdmission.Refusal("AppArmor", "Cannot enforce AppArmor: " + why));
    }
}
