package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerResources;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.Images;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Turns a declared container into one that the runtime can make.
final class ContainerSpecs {

    private static final String HOSTS = "/etc/hosts";
    private static final String USUAL_MESSAGE_PATH = "/dev/termination-log";

    private final PodSettings settings;
    private final Environment environment;
    private final PodFiles files;
    private final SandboxSpecs sandboxes;
    private final VolumeMounts volumeMounts;
    private final Placements placements;

    ContainerSpecs(
            PodSettings settings,
            Environment environment,
            PodFiles files,
            SandboxSpecs sandboxes,
            VolumeMounts volumeMounts,
            Placements placements) {
        this.placements = placements;
        this.settings = settings;
        this.environment = environment;
        this.files = files;
        this.sandboxes = sandboxes;
        this.volumeMounts = volumeMounts;
    }

    /// @throws VolumeException when something that it refers to is missing or forbidden
    ContainerSpec of(
            PodContext context,
            Declared declared,
            int attempt,
            Images.ImageStatus image,
            Map<String, MountedVolume> volumes,
            ContainerOptions options,
            RecursiveReadOnly recursion) {
        Pod pod = context.pod();
        Container container = declared.container();
        Map<String, String> env = environment.of(context, container);
        return new ContainerSpec(
                declared.name(),
                attempt,
                image.id(),
                container.getCommand().stream()
                        .map(word -> Expansion.expand(word, env))
                        .toList(),
                container.getArgs().stream()
                        .map(word -> Expansion.expand(word, env))
                        .toList(),
                env,
                Optional.ofNullable(container.getWorkingDir()).filter(directory -> !directory.isEmpty()),
                settings.hollow() ? List.of() : mounts(context, declared, attempt, env, volumes, recursion),
                Labels.of(pod, declared.name()),
                annotations(pod, container, attempt),
                resources(pod, container),
                Rights.of(pod, container, image, settings),
                Path.of(declared.name(), attempt + ".log"),
                Optional.ofNullable(container.getLifecycle()).flatMap(l -> Optional.ofNullable(l.getStopSignal())),
                Boolean.TRUE.equals(container.getStdin()),
                Boolean.TRUE.equals(container.getStdinOnce()),
                Boolean.TRUE.equals(container.getTty()),
                placements.place(
                        pod.getMetadata().getUid(),
                        declared.name(),
                        (settings.hollow() ? options : options.withDevices(VolumeMounts.devices(container, volumes)))
                                .with(settings.resources().log())));
    }

    /// On a hollow node, also how the pod's containers are to pretend to end.
    private Map<String, String> annotations(Pod pod, Container container, int attempt) {
        var annotations = new HashMap<String, String>();
        annotations.put(Labels.RESTART_COUNT, String.valueOf(attempt));
        annotations.put(
                Labels.GRACE,
                String.valueOf(Objects.requireNonNullElse(pod.getSpec().getTerminationGracePeriodSeconds(), 30L)));
        annotations.put(Labels.IMAGE, container.getImage());
        if (settings.hollow() && pod.getMetadata().getAnnotations() != null) {
            pod.getMetadata().getAnnotations().forEach((name, value) -> {
                if (name.startsWith(Labels.SIMULATED)) {
                    annotations.put(name, value);
                }
            });
        }
        return annotations;
    }

    /// Its limits as they are asked for now.
    ContainerResources resources(Pod pod, Container container) {
        ContainerResources wanted = Qos.of(pod, container, settings.memoryCapacity(), settings.resources());
        return placements.place(pod.getMetadata().getUid(), container.getName(), wanted);
    }

    private List<ContainerSpec.Mount> mounts(
            PodContext context,
            Declared declared,
            int attempt,
            Map<String, String> env,
            Map<String, MountedVolume> volumes,
            RecursiveReadOnly recursion) {
        var mounts = new ArrayList<ContainerSpec.Mount>();
        Pod pod = context.pod();
        mounts.addAll(volumeMounts.of(context, declared.container(), env, volumes, recursion));
        boolean isOwnHosts =
                mounts.stream().noneMatch(mount -> mount.containerPath().equals(HOSTS));
        if (isOwnHosts) {
            Path hosts = files.hosts(pod, context.podAddresses(), sandboxes.shortName(pod), sandboxes.domain(pod));
            mounts.add(ContainerSpec.Mount.bind(hosts, HOSTS, false));
        }
        String messagePath = Optional.ofNullable(declared.container().getTerminationMessagePath())
                .filter(path -> !path.isEmpty())
                .orElse(USUAL_MESSAGE_PATH);
        mounts.add(
                ContainerSpec.Mount.bind(files.terminationMessage(pod, declared.name(), attempt), messagePath, false));
        return mounts;
    }
}
