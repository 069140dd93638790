package dev.longshore.kubelet.pods;

import dev.longshore.kubelet.devices.DeviceException;
import dev.longshore.kubelet.measures.NodeMeasures;
import dev.longshore.kubelet.probes.ContainerProbes;
import dev.longshore.kubelet.probes.Target;
import dev.longshore.kubelet.probes.Verdict;
import dev.longshore.kubelet.volumes.MountedVolume;
import dev.longshore.kubelet.volumes.PodContext;
import dev.longshore.kubelet.volumes.VolumeException;
import dev.longshore.runtime.ContainerOptions;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Brings one container from nothing, or from its end, to running: image, configuration, creation, start,
/// probes, postStart hook. Every step that must wait says so in the record and asks to be called again.
final class ContainerStarter {

    private static final Duration CONFIG_RETRY = Duration.ofSeconds(5);
    private static final Duration SEEN = Duration.ofSeconds(1);
    private static final int CANNOT_START = 128;
    private static final int KEPT_ATTEMPTS = 2;

    private final PodServices node;
    private final Hooks hooks;
    private final Runnable wake;
    private final ImageVolumes imageVolumes;

    ContainerStarter(PodServices node, Hooks hooks, Runnable wake) {
        this.node = node;
        this.hooks = hooks;
        this.wake = wake;
        this.imageVolumes = new ImageVolumes(node, wake);
    }

    /// Takes the next steps; true if what comes after this container need not wait for it.
    boolean start(
            PodState state, Declared declared, PodContext context, Map<String, MountedVolume> volumes, Alarm alarm)
            throws InterruptedException {
        ContainerRecord record = state.record(declared);
        switch (imageVolumes.of(state, declared, volumes, alarm)) {
            case ImageVolumes.Outcome.Later() -> {
                return false;
            }
            case ImageVolumes.Outcome.Missing(var why) -> {
                record.waiting = Optional.of(why);
                return true;
            }
            case ImageVolumes.Outcome.Ready(var all) -> {
                return start(state, declared, context, all, record, alarm);
            }
        }
    }

    private boolean start(
            PodState state,
            Declared declared,
            PodContext context,
            Map<String, MountedVolume> volumes,
            ContainerRecord record,
            Alarm alarm)
            throws InterruptedException {
        Instant now = node.time().now();
        if (record.pull.isEmpty()) {
            if (isImageHeld(state, declared, record, now, alarm)) {
                return true;
            }
            record.pull = Optional.of(node.images().begin(state.pod, ImagePuller.Asked.by(declared), wake));
        }
        Optional<ImagePull.Result> result = record.pull.get().result();
        if (result.isEmpty()) {
            return false;
        }
        record.pull = Optional.empty();
        switch (result.get()) {
            case ImagePull.Result.Missing(String reason, String message) -> {
                Instant failedAt = node.time().now();
                record.waiting = Optional.of(new ContainerRecord.Waiting(reason, message));
                state.imageBackoffs
                        .computeIfAbsent(declared.container().getImage(), image -> new Backoff())
                        .next(failedAt, failedAt);
                record.imageFailedAt = failedAt;
                alarm.by(failedAt.plus(SEEN));
            }
            case ImagePull.Result.Present(var image) -> create(state, declared, record, context, volumes, image, alarm);
        }
        return record.postStart.isEmpty();
    }

    private boolean isImageHeld(PodState state, Declared declared, ContainerRecord record, Instant now, Alarm alarm) {
        String image = declared.container().getImage();
        Optional<Instant> until = Optional.ofNullable(state.imageBackoffs.get(image))
                .flatMap(backoff -> backoff.heldUntil(record.imageFailedAt, now));
        if (until.isEmpty()) {
            return false;
        }
        alarm.by(until.get());
        var waiting = record.waiting.orElse(ContainerRecord.CREATING);
        boolean hasFailed = ImagePull.FAILURES.contains(waiting.reason());
        if (hasFailed && !now.isBefore(record.imageFailedAt.plus(SEEN))) {
            String message = "Back-off pulling image \"%s\"".formatted(image);
            node.events().normal(state.pod, declared.fieldPath(), "BackOff", message);
            node.events().warning(state.pod, declared.fieldPath(), "Failed", "Error: ImagePullBackOff");
            record.waiting = Optional.of(new ContainerRecord.Waiting(
                    "ImagePullBackOff", "%s: %s: %s".formatted(message, waiting.reason(), waiting.message())));
        } else if (hasFailed) {
            alarm.by(record.imageFailedAt.plus(SEEN));
        }
        return true;
    }

    private void create(
            PodState state,
            Declared declared,
            ContainerRecord record,
            PodContext context,
            Map<String, MountedVolume> volumes,
            Images.ImageStatus image,
            Alarm alarm)
            throws InterruptedException {
        int attempt = record.attempt + 1;
        String id;
        node.measures().containerStarts(type(declared));
        try {
            ContainerSpec spec = node.devices()
                    .of(state.pod, declared.container())
                    .onto(node.containerSpecs()
                            .of(
                                    context,
                                    declared,
                                    attempt,
                                    image,
                                    volumes,
                                    options(state, declared),
                                    RecursiveReadOnly.of(node, state)));
            id = node.runtime().containers().create(state.sandbox.orElseThrow().id(), spec);
            record.actual =
                    Optional.of(Allocation.orNothing(declared.container().getResources()));
            record.processors = spec.resources().processors();
        } catch (VolumeException | DeviceException | UncheckedIOException missing) {
            refuse(state, declared, record, "CreateContainerConfigError", missing.getMessage(), alarm);
            return;
        } catch (RuntimeFaultException failure) {
            refuse(state, declared, record, "CreateContainerError", failure.getMessage(), alarm);
            return;
        }
        if (declared.role() != Declared.Role.EPHEMERAL) {
            node.placements().begins(state.pod, declared.name());
        }
        Instant now = node.time().now();
        Duration longest = node.settings().rules().longestBackoff();
        record.ended.ifPresent(how -> record.backoff.next(how.finishedAt().orElse(now), now, longest));
        record.begin(attempt, id);
        record.image = declared.container().getImage();
        record.imageId = image.repoDigests().isEmpty()
                ? image.id().toString()
                : image.repoDigests().getFirst();
        node.events().normal(state.pod, declared.fieldPath(), "Created", "Container created");
        try {
            node.devices().beforeStart(state.pod, declared.name());
            node.runtime().containers().start(id);
        } catch (RuntimeFaultException | DeviceException failure) {
            node.events().warning(state.pod, declared.fieldPath(), "Failed", "Error: " + failure.getMessage());
            node.measures().containerFailed(type(declared), "RunContainerError");
            record.end(new Ended(
                    node.containerId(id),
                    CANNOT_START,
                    "StartError",
                    failure.getMessage(),
                    Optional.of(Instant.EPOCH),
                    Optional.of(node.time().now())));
            if (RestartRule.restarts(state.pod, declared, record.ended.orElseThrow())) {
                record.waiting = Optional.of(new ContainerRecord.Waiting("RunContainerError", failure.getMessage()));
            }
            alarm.by(node.time().now());
            return;
        }
        node.events().normal(state.pod, declared.fieldPath(), "Started", "Container started");
        record.running = node.runtime()
                .containers()
                .status(id)
                .filter(status -> status.state() == ContainerStatus.State.RUNNING);
        // A container that has ended already is noticed by the look that follows.
        alarm.by(record.isRunning() ? now.plus(Duration.ofMinutes(1)) : now);
        if (record.isRunning()) {
            probe(state, declared, record, false, false);
            record.postStart = hooks.postStart(state, declared, record)
                    .map(work -> Background.start("postStart of " + id, work, wake));
        }
        forgetOld(state, declared.name(), attempt);
    }

    private static ContainerOptions options(PodState state, Declared declared) {
        if (declared.target().isEmpty()) {
            return ContainerOptions.NONE;
        }
        String target = declared.target().get();
        String id = Optional.ofNullable(state.records.get(target))
                .map(record -> record.id)
                .filter(known -> !known.isEmpty())
                .orElseThrow(() -> new VolumeException("unable to find target container " + target));
        return ContainerOptions.with(ContainerOptions.Namespaces.withProcessesOf(id));
    }

    /// Begins to probe a container that runs.
    void probe(PodState state, Declared declared, ContainerRecord record, boolean adopted, boolean wasReady) {
        Target target = hooks.target(state, declared, record);
        var probes = new ContainerProbes(
                new Target(target.containerId(), ProbeCommands.expanded(declared.container()), target.address()),
                node.actions(),
                node.time(),
                listener(state, declared),
                adopted,
                wasReady);
        record.probes = Optional.of(probes);
        probes.start();
    }

    private ContainerProbes.Listener listener(PodState state, Declared declared) {
        var pod = state.pod;
        return new ContainerProbes.Listener() {
            @Override
            public void asked(Target target, ContainerProbes.Kind kind, Verdict verdict, long nanos) {
                var result =
                        switch (verdict.outcome()) {
                            case SUCCESS, WARNING -> NodeMeasures.ProbeResult.SUCCESSFUL;
                            case FAILURE -> NodeMeasures.ProbeResult.FAILED;
                            case UNKNOWN -> NodeMeasures.ProbeResult.UNKNOWN;
                        };
                node.measures().probed(Names.probed(pod), declared.name(), kind.word(), result, nanos);
            }

            @Override
            public void found(Target target, ContainerProbes.Kind kind, Verdict verdict) {
                boolean isWarning = verdict.outcome() == Verdict.Outcome.WARNING;
                String what =
                        switch (verdict.outcome()) {
                            case SUCCESS, WARNING -> "warning";
                            case FAILURE -> "failed";
                            case UNKNOWN -> "errored and resulted in unknown state";
                        };
                node.events()
                        .warning(
                                pod,
                                declared.fieldPath(),
                                isWarning ? "ProbeWarning" : "Unhealthy",
                                "%s probe %s: %s".formatted(kind.word(), what, verdict.output()));
            }

            @Override
            public void changed() {
                wake.run();
            }
        };
    }

    private void refuse(
            PodState state, Declared declared, ContainerRecord record, String reason, String message, Alarm alarm) {
        node.events().warning(state.pod, declared.fieldPath(), "Failed", "Error: " + message);
        node.measures().containerFailed(type(declared), reason);
        record.waiting = Optional.of(new ContainerRecord.Waiting(reason, message));
        alarm.by(node.time().now().plus(CONFIG_RETRY));
    }

    /// As metrics call it.
    private static String type(Declared declared) {
        return switch (declared.role()) {
            case INIT, SIDECAR -> "init_container";
            case MAIN -> "container";
            case EPHEMERAL -> "ephemeral_container";
        };
    }

    /// Of each container the runtime keeps the latest two attempts, for their logs and their last state.
    private void forgetOld(PodState state, String name, int attempt) throws InterruptedException {
        if (attempt < KEPT_ATTEMPTS) {
            return;
        }
        for (ContainerStatus status : node.runtime().containers().list()) {
            if (state.pod.getMetadata().getUid().equals(status.spec().labels().get(Labels.POD_UID))
                    && status.spec().name().equals(name)
                    && status.spec().attempt() <= attempt - KEPT_ATTEMPTS) {
                node.runtime().containers().remove(status.id());
                node.files().removeLog(status.logFile());
            }
        }
    }
}
