package dev.longshore.docker;

import dev.longshore.docker.RunState.Status;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes ended containers away: layer, logs, name, and volumes that were theirs alone. Called with the container's
/// lock held.
record Removal(LocalImages local, Containers containers, Volumes volumes, Launches launches, ContainerEvents events) {

    private static final Logger log = LoggerFactory.getLogger(Removal.class);

    /// Removes it.
    ///
    /// @param withVolumes whether its volumes without names go, too
    void discard(EngineContainer container, boolean withVolumes) throws InterruptedException {
        container.become(container.state().with(Status.REMOVING));
        containers.save(container);
        launches.rest(container, container.state().sandboxId());
        try {
            Volumes.delete(container.directory());
            local.snapshots().release(Creation.holder(container.id()));
        } catch (IOException failed) {
            throw EngineException.failed(
                    "unable to remove filesystem for " + container.id() + ": " + failed.getMessage(), failed);
        }
        containers.remove(container);
        if (withVolumes) {
            container.mounts().stream()
                    .filter(MountPoint::isAnonymous)
                    .map(MountPoint::name)
                    .forEach(this::removeVolume);
        }
        container.takeWaiting().forEach(waiting -> waiting.cancel(false));
        events.tell(container, "destroy");
        container.removed().complete(container.state());
    }

    private void removeVolume(String name) {
        try {
            if (usersOf(name).isEmpty()) {
                volumes.remove(name);
            }
        } catch (EngineException gone) {
            log.debug("a volume was gone: {}", gone.getMessage());
        }
    }

    /// The containers that mount the volume.
    List<EngineContainer> usersOf(String volume) {
        return containers.list().stream()
                .filter(container -> container.mounts().stream()
                        .anyMatch(mount -> mount.type() == MountPoint.Type.VOLUME
                                && mount.name().equals(volume)))
                .toList();
    }
}
