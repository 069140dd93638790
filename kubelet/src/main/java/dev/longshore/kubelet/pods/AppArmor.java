package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.AppArmorProfile;
import io.fabric8.kubernetes.api.model.AppArmorProfileBuilder;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What a pod says of AppArmor, and whether this node can keep to it (pkg/security/apparmor of Kubernetes 1.36). The
/// older annotations count where the fields, which the API server fills from them, are empty: in static pods.
final class AppArmor {

    private static final String ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";
    private static final String LOCALHOST = "localhost/";

    private final Path root;

    /// `root` is where the host's `/sys` is.
    AppArmor(Path root) {
        this.root = root;
    }

    /// Why the node cannot do what `pod` counts on; empty when it can.
    Optional<String> refusal(Pod pod) {
        if (!isRequired(pod)) {
            return Optional.empty();
        }
        if (!isEnabled()) {
            return Optional.of("AppArmor is not enabled on the host");
        }
        return Declared.of(pod).stream()
                .flatMap(declared -> profile(pod, declared.container()).stream())
                .filter(profile -> "Localhost".equals(profile.getType())
                        && Objects.requireNonNullElse(profile.getLocalhostProfile(), "")
                                .isBlank())
                .findFirst()
                .map(profile -> "invalid empty AppArmor profile name: \"%s\"".formatted(profile.getType()));
    }

    /// Which profile the container gets: `RuntimeDefault`, `Unconfined`, `localhost/NAME`; empty when nobody says.
    static String of(Pod pod, Container container) {
        return profile(pod, container)
                .map(profile -> "Localhost".equals(profile.getType())
                        ? LOCALHOST + profile.getLocalhostProfile()
                        : profile.getType())
                .orElse("");
    }

    private boolean isEnabled() {
        try {
            return Files.exists(root.resolve("sys/kernel/security/apparmor"))
                    && Files.readString(root.resolve("sys/module/apparmor/parameters/enabled"))
                            .startsWith("Y");
        } catch (IOException none) {
            return false;
        }
    }

    private static boolean isRequired(Pod pod) {
        PodSecurityContext common = pod.getSpec().getSecurityContext();
        return common != null && isConfined(common.getAppArmorProfile())
                || Declared.of(pod).stream().anyMatch(declared -> isConfined(ofItself(declared.container())))
                || annotations(pod).entrySet().stream()
                        .anyMatch(entry -> entry.getKey().startsWith(ANNOTATION)
                                && !entry.getValue().equals("unconfined"));
    }

    private static boolean isConfined(AppArmorProfile profile) {
        return profile != null && !"Unconfined".equals(profile.getType());
    }

    private static AppArmorProfile ofItself(Container container) {
        return container.getSecurityContext() == null
                ? null
                : container.getSecurityContext().getAppArmorProfile();
    }

    private static Optional<AppArmorProfile> profile(Pod pod, Container container) {
        return Optional.ofNullable(ofItself(container))
                .or(() -> Optional.ofNullable(annotations(pod).get(ANNOTATION + container.getName()))
                        .flatMap(AppArmor::annotated))
                .or(() -> Optional.ofNullable(pod.getSpec().getSecurityContext())
                        .map(PodSecurityContext::getAppArmorProfile));
    }

    private static Optional<AppArmorProfile> annotated(String value) {
        var profile = new AppArmorProfileBuilder();
        if (value.startsWith(LOCALHOST)) {
            return Optional.of(profile.withType("Localhost")
                    .withLocalhostProfile(value.substring(LOCALHOST.length()))
                    .build());
        }
        return switch (value) {
            case "runtime/default" ->
                Optional.of(profile.withType("RuntimeDefault").build());
            case "unconfined" -> Optional.of(profile.withType("Unconfined").build());
            default -> Optional.empty();
        };
    }

    private static Map<String, String> annotations(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    }
}
