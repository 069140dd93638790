package dev.longshore.kubelet.pods;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A container as the pod declares it, and the part that it plays.
///
/// @param target the container whose processes it sees, if it was added by hand for that
record Declared(Role role, Container container, Optional<String> target) {

    /// The parts that containers play.
    enum Role {
        /// Runs to its end before the next begins.
        INIT,
        /// An init container with restartPolicy Always: goes on beside all that follow.
        SIDECAR,
        /// What the pod is there for.
        MAIN,
        /// Added later by hand; started once.
        EPHEMERAL
    }

    /// Every container of `pod`, in the order in which they start.
    static List<Declared> of(Pod pod) {
        var all = new ArrayList<Declared>();
        for (Container container : pod.getSpec().getInitContainers()) {
            Role role = "Always".equals(container.getRestartPolicy()) ? Role.SIDECAR : Role.INIT;
            all.add(new Declared(role, container, Optional.empty()));
        }
        pod.getSpec()
                .getContainers()
                .forEach(container -> all.add(new Declared(Role.MAIN, container, Optional.empty())));
        pod.getSpec().getEphemeralContainers().forEach(added -> {
            var target = Optional.ofNullable(added.getTargetContainerName()).filter(name -> !name.isEmpty());
            all.add(new Declared(Role.EPHEMERAL, plain(added), target));
        });
        return all;
    }

    String name() {
        return container.getName();
    }

    /// Where in the pod it is declared, for events.
    String fieldPath() {
        return switch (role) {
            case INIT, SIDECAR -> "spec.initContainers{%s}".formatted(name());
            case MAIN -> "spec.containers{%s}".formatted(name());
            case EPHEMERAL -> "spec.ephemeralContainers{%s}".formatted(name());
        };
    }

    boolean isInit() {
        return role == Role.INIT || role == Role.SIDECAR;
    }

    private static Container plain(EphemeralContainer added) {
        return new ContainerBuilder()
                .withName(added.getName())
                .withImage(added.getImage())
                .withImagePullPolicy(added.getImagePullPolicy())
                .withCommand(added.getCommand())
                .withArgs(added.getArgs())
                .withWorkingDir(added.getWorkingDir())
                .withEnv(added.getEnv())
                .withEnvFrom(added.getEnvFrom())
                .withVolumeMounts(added.getVolumeMounts())
                .withSecurityContext(added.getSecurityContext())
                .withTerminationMessagePath(added.getTerminationMessagePath())
                .withTerminationMessagePolicy(added.getTerminationMessagePolicy())
                .withStdin(added.getStdin())
                .withStdinOnce(added.getStdinOnce())
                .withTty(added.getTty())
                .build();
    }
}
