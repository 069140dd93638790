package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerSecurity;
import dev.longshore.runtime.Images;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/// Works out a container's rights from its security context over its pod's.
final class Rights {

    private Rights() {}

    /// @throws VolumeException when the container must not run as the user that it would run as
    static ContainerSecurity of(Pod pod, Container container, Images.ImageStatus image, PodSettings settings) {
        PodSecurityContext common =
                Objects.requireNonNullElseGet(pod.getSpec().getSecurityContext(), PodSecurityContext::new);
        SecurityContext own = Objects.requireNonNullElseGet(container.getSecurityContext(), SecurityContext::new);
        Optional<Long> user = either(own, SecurityContext::getRunAsUser, common.getRunAsUser());
        Optional<Long> group = either(own, SecurityContext::getRunAsGroup, common.getRunAsGroup());
        if (either(own, SecurityContext::getRunAsNonRoot, common.getRunAsNonRoot())
                .orElse(false)) {
            requireNonRoot(pod, container, user, image);
        }
        var groups = new ArrayList<Long>(common.getSupplementalGroups());
        if (common.getFsGroup() != null) {
            groups.add(common.getFsGroup());
        }
        boolean privileged = Boolean.TRUE.equals(own.getPrivileged());
        var capabilities = own.getCapabilities();
        return new ContainerSecurity(
                user,
                group,
                groups,
                "Strict".equals(common.getSupplementalGroupsPolicy()),
                privileged,
                Boolean.TRUE.equals(own.getReadOnlyRootFilesystem()),
                privileged || !Boolean.FALSE.equals(own.getAllowPrivilegeEscalation()),
                capabilities == null ? List.of() : capabilities.getAdd(),
                capabilities == null ? List.of() : capabilities.getDrop(),
                privileged ? "Unconfined" : seccomp(own.getSeccompProfile(), common.getSeccompProfile(), settings),
                privileged || "Unmasked".equals(own.getProcMount()),
                settings.hollow() ? "" : AppArmor.of(pod, container));
    }

    private static void requireNonRoot(Pod pod, Container container, Optional<Long> user, Images.ImageStatus image) {
        String where = "(pod: \"%s\", container: %s)".formatted(Names.of(pod), container.getName());
        if (user.isPresent()) {
            if (user.get() == 0) {
                throw new VolumeException("container's runAsUser breaks non-root policy " + where);
            }
            return;
        }
        String name = image.user().orElse("").split(":", 2)[0];
        if (name.isEmpty()) {
            throw new VolumeException("container has runAsNonRoot and image will run as root " + where);
        }
        try {
            long id = Long.parseLong(name);
            if (id == 0) {
                throw new VolumeException("container has runAsNonRoot and image will run as root " + where);
            }
            if (id < 0 || id > Integer.MAX_VALUE) {
                throw new VolumeException(
                        "container has runAsNonRoot and image has an invalid user id (%d). (Must be 1-(%d)): must be between 0 and %d, inclusive %s"
                                .formatted(id, Integer.MAX_VALUE, Integer.MAX_VALUE, where));
            }
        } catch (NumberFormatException byName) {
            throw new VolumeException(
                    "container has runAsNonRoot and image has non-numeric user (%s), cannot verify user is non-root %s"
                            .formatted(name, where),
                    byName);
        }
    }

    private static <T> Optional<T> either(SecurityContext own, Function<SecurityContext, T> field, T common) {
        return Optional.ofNullable(field.apply(own)).or(() -> Optional.ofNullable(common));
    }

    private static String seccomp(SeccompProfile own, SeccompProfile common, PodSettings settings) {
        SeccompProfile profile = own != null ? own : common;
        if (profile == null || profile.getType() == null) {
            return settings.security().seccompDefault() ? "RuntimeDefault" : "Unconfined";
        }
        if (!profile.getType().equals("Localhost")) {
            return profile.getType();
        }
        if (profile.getLocalhostProfile() == null
                || profile.getLocalhostProfile().isEmpty()) {
            throw new VolumeException("localhostProfile must be set if seccompProfile type is Localhost.");
        }
        Path root = settings.root().resolve("seccomp");
        Path file = root.resolve(profile.getLocalhostProfile()).normalize();
        if (!file.startsWith(root)) {
            throw new VolumeException("seccomp profile \"%s\" is not below the node's directory of profiles"
                    .formatted(profile.getLocalhostProfile()));
        }
        return file.toString();
    }
}
