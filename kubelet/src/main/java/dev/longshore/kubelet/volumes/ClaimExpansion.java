package dev.longshore.kubelet.volumes;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.kubelet.cluster.EventRecorder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends on this node what made volumes of running pods larger. Volumes of drivers are grown by these; others are
/// directories, which have as much room as their disk, so there is nothing to grow but what the claim says of itself.
public final class ClaimExpansion implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ClaimExpansion.class);

    /// A claim may only be read by name, not followed, by a node.
    private static final Duration ROUND = Duration.ofSeconds(15);

    private static final String STORAGE = "storage";
    private static final String BEGUN = "NodeResizeInProgress";
    private static final List<String> OURS = List.of("NodeResizePending", BEGUN);
    private static final String ERROR = "NodeResizeError";
    private static final List<String> CONDITIONS =
            List.of("Resizing", "FileSystemResizePending", "ControllerResizeError", ERROR);

    private final Supplier<List<Pod>> running;
    private final ConfigApi config;
    private final List<VolumeDriver> drivers;
    private final UnaryOperator<PersistentVolumeClaim> storeStatus;
    private final EventRecorder events;
    private final Time time;
    private final Thread thread = Thread.ofVirtual().name("kubelet-claims").unstarted(this::run);

    /// Looks after the volumes of the pods that `running` gives.
    ///
    /// @param storeStatus writes a claim's status and returns the claim as it is then
    public ClaimExpansion(
            Supplier<List<Pod>> running,
            ConfigApi config,
            List<VolumeDriver> drivers,
            UnaryOperator<PersistentVolumeClaim> storeStatus,
            EventRecorder events,
            Time time) {
        this.running = requireNonNull(running, "running");
        this.config = requireNonNull(config, "config");
        this.drivers = List.copyOf(drivers);
        this.storeStatus = requireNonNull(storeStatus, "storeStatus");
        this.events = requireNonNull(events, "events");
        this.time = requireNonNull(time, "time");
    }

    /// Starts looking every fifteen seconds.
    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                time.sleep(ROUND);
                look();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /// One round.
    void look() throws InterruptedException {
        for (Pod pod : running.get()) {
            for (Volume volume : pod.getSpec().getVolumes()) {
                try {
                    Optional<PersistentVolumeClaim> claim = claim(pod, volume);
                    if (claim.isPresent()) {
                        expand(pod, claim.get());
                    }
                } catch (KubernetesClientException refused) {
                    log.debug(
                            "a volume of pod {} is looked at again later",
                            pod.getMetadata().getName(),
                            refused);
                }
            }
        }
    }

    private Optional<PersistentVolumeClaim> claim(Pod pod, Volume volume) {
        String namespace = pod.getMetadata().getNamespace();
        if (volume.getPersistentVolumeClaim() != null) {
            return config.claim(namespace, volume.getPersistentVolumeClaim().getClaimName());
        }
        return volume.getEphemeral() == null
                ? Optional.empty()
                : config.claim(namespace, pod.getMetadata().getName() + "-" + volume.getName());
    }

    private void expand(Pod pod, PersistentVolumeClaim claim) throws InterruptedException {
        String status = statuses(claim).getOrDefault(STORAGE, "");
        Optional<PersistentVolume> volume =
                OURS.contains(status) ? config.volume(claim.getSpec().getVolumeName()) : Optional.empty();
        if (volume.isEmpty()) {
            return;
        }
        PersistentVolumeClaim begun = status.equals(BEGUN)
                ? claim
                : storeStatus.apply(new PersistentVolumeClaimBuilder(claim)
                        .editStatus()
                        .addToAllocatedResourceStatuses(STORAGE, BEGUN)
                        .endStatus()
                        .build());
        Quantity size = size(begun, volume.get());
        switch (grow(pod, volume.get(), size)) {
            case Growth.Done() -> succeeded(pod, begun, volume.get(), size);
            case Growth.Failed(String why, boolean isInfeasible) -> {
                PersistentVolumeClaim told = storeStatus.apply(failed(begun, why, isInfeasible, time.now()));
                log.info("claim {} does not grow: {}", told.getMetadata().getName(), why);
                events.warning(
                        pod,
                        "VolumeResizeFailed",
                        "NodeExpandVolume.NodeExpandVolume failed for volume \"%s\" : %s"
                                .formatted(volume.get().getMetadata().getName(), why));
            }
            case Growth.Later() ->
                log.debug("volume {} grows later", volume.get().getMetadata().getName());
        }
    }

    private static Quantity size(PersistentVolumeClaim claim, PersistentVolume volume) {
        return Objects.requireNonNullElse(claim.getStatus().getAllocatedResources(), Map.<String, Quantity>of())
                .getOrDefault(STORAGE, volume.getSpec().getCapacity().get(STORAGE));
    }

    private Growth grow(Pod pod, PersistentVolume volume, Quantity size) throws InterruptedException {
        for (VolumeDriver driver : drivers) {
            Optional<Growth> growth = driver.grow(pod, volume, size);
            if (growth.isPresent()) {
                return growth.get();
            }
        }
        return new Growth.Done();
    }

    private void succeeded(Pod pod, PersistentVolumeClaim claim, PersistentVolume volume, Quantity size) {
        String message = "MountVolume.NodeExpandVolume succeeded for volume \"%s\" %s"
                .formatted(volume.getMetadata().getName(), pod.getSpec().getNodeName());
        PersistentVolumeClaim done = storeStatus.apply(ended(claim, size));
        events.normal(pod, "FileSystemResizeSuccessful", message);
        events.normal(done, "FileSystemResizeSuccessful", message);
    }

    /// `claim` that says why its volume does not grow.
    static PersistentVolumeClaim failed(PersistentVolumeClaim claim, String why, boolean isInfeasible, Instant now) {
        var condition = new PersistentVolumeClaimConditionBuilder()
                .withType(ERROR)
                .withStatus("True")
                .withLastTransitionTime(now.truncatedTo(ChronoUnit.SECONDS).toString())
                .withMessage("failed to expand pvc with " + why)
                .build();
        var status = new PersistentVolumeClaimBuilder(claim)
                .editStatus()
                .removeMatchingFromConditions(present -> ERROR.equals(present.getType()))
                .addToConditions(condition);
        if (isInfeasible) {
            status.addToAllocatedResourceStatuses(STORAGE, "NodeResizeInfeasible");
        }
        return status.endStatus().build();
    }

    /// `claim` that has all of `size`.
    static PersistentVolumeClaim ended(PersistentVolumeClaim claim, Quantity size) {
        var statuses = new HashMap<>(statuses(claim));
        statuses.remove(STORAGE);
        return new PersistentVolumeClaimBuilder(claim)
                .editStatus()
                .addToCapacity(STORAGE, size)
                .withAllocatedResourceStatuses(statuses.isEmpty() ? null : statuses)
                .removeMatchingFromConditions(condition -> CONDITIONS.contains(condition.getType()))
                .endStatus()
                .build();
    }

    private static Map<String, String> statuses(PersistentVolumeClaim claim) {
        return claim.getStatus() == null
                ? Map.of()
                : Objects.requireNonNullElse(claim.getStatus().getAllocatedResourceStatuses(), Map.of());
    }
}
