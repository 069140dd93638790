package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.AppArmorProfile;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Rejects pods that ask for rights which this node cannot give or enforce. After the admission handlers of the
/// kubelet of Kubernetes 1.36, in their order.
final class SecurityAdmission {

    private static final Path APP_ARMOR = Path.of("/sys/module/apparmor/parameters/enabled");
    private static final String OS = "linux";
    private static final String OS_LABEL = "kubernetes.io/os";
    private static final String OLD_PROFILE = "container.apparmor.security.beta.kubernetes.io/";

    private final PodSettings settings;

    SecurityAdmission(PodSettings settings) {
        this.settings = settings;
    }

    /// Why the node does not take `pod`; empty when nothing speaks against it.
    Optional<NodeAdmission.Refusal> admit(Pod pod) {
        return sysctls(pod).or(() -> system(pod)).or(() -> appArmor(pod));
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

    // Where the kernel has it, no profile is ever loaded by this program: then, too, a pod is better not run than run
    // without what it counts on.
    private Optional<NodeAdmission.Refusal> appArmor(Pod pod) {
        if (settings.hollow() || !asksForAppArmor(pod)) {
            return Optional.empty();
        }
        return Optional.of(new NodeAdmission.Refusal(
                "AppArmor",
                "Cannot enforce AppArmor: "
                        + (isEnabled() ? "this runtime loads no profiles" : "AppArmor is not enabled on the host")));
    }

    private static boolean isEnabled() {
        try {
            return Files.readString(APP_ARMOR).startsWith("Y");
        } catch (java.io.IOException none) {
            return false;
        }
    }

    private static boolean asksForAppArmor(Pod pod) {
        PodSecurityContext common = pod.getSpec().getSecurityContext();
        return common != null && isConfined(common.getAppArmorProfile())
                || containers(pod)
                        .map(Container::getSecurityContext)
                        .filter(Objects::nonNull)
                        .map(SecurityContext::getAppArmorProfile)
                        .anyMatch(SecurityAdmission::isConfined)
                || Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.<String, String>of())
                        .entrySet()
                        .stream()
                        .anyMatch(entry -> entry.getKey().startsWith(OLD_PROFILE)
                                && !entry.getValue().equals("unconfined"));
    }

    private static boolean isConfined(AppArmorProfile profile) {
        return profile != null && !"Unconfined".equals(profile.getType());
    }

    private static Stream<Container> containers(Pod pod) {
        return Declared.of(pod).stream().map(Declared::container);
    }
}
