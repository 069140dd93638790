package dev.longshore.docker;

import dev.longshore.base.Time;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/// All that runs containers, wired together.
final class Engine implements AutoCloseable {

    private final ContainerHost host;
    private final LocalImages local;
    private final Events all;
    private final ContainerEvents events;
    private final Containers containers;
    private final Volumes volumes;
    private final Networks networks;
    private final Creation creation;
    private final ContainerRuns runs;
    private final Connections connections;
    private final Execs execs;
    private final ContainerViews views;

    Engine(ContainerHost host, LocalImages local, Events all, Time time) {
        Path directory = host.directory();
        this.host = host;
        this.local = local;
        this.all = all;
        this.events = new ContainerEvents(all);
        this.containers = new Containers(directory.resolve("containers"), host.randomness());
        this.volumes = new Volumes(directory.resolve("volumes"), all, host.randomness(), time);
        this.networks = new Networks(host.bridges(), directory.resolve("networks.json"), all, host.randomness(), time);
        this.creation = new Creation(local, containers, volumes, networks, events, time);
        var health = new HealthChecks(host.runtime(), containers, events, time);
        var launches = new Launches(local, host.runtime(), containers, networks);
        var removal = new Removal(local, containers, volumes, launches, events);
        this.runs = new ContainerRuns(host.runtime(), containers, networks, launches, removal, health, events, time);
        this.connections = new Connections(host.runtime(), containers, networks, launches);
        this.execs = new Execs(host.runtime(), events, host.randomness(), time);
        this.views = new ContainerViews(local, host.runtime().sandboxes(), execs);
    }

    /// Reads what is on disk and takes over what runs.
    void start() throws IOException, InterruptedException {
        containers.start();
        local.holds()
                .distinguish(holder -> containers
                        .byId(holder)
                        .map(container -> container.state().isRunning())
                        .orElse(true));
        volumes.start();
        networks.start();
        runs.start();
    }

    /// What tells this engine from all others, for good.
    String id() throws IOException {
        Path file = host.directory().resolve("id");
        synchronized (this) {
            if (!Files.exists(file)) {
                Files.createDirectories(host.directory());
                Files.writeString(
                        file,
                        new UUID(host.randomness().nextLong(), host.randomness().nextLong()).toString());
            }
            return Files.readString(file).strip();
        }
    }

    /// Ends every container, gracefully within `most`.
    void stopAll(Duration most) throws InterruptedException {
        runs.stopAll(most);
    }

    ContainerHost host() {
        return host;
    }

    Events all() {
        return all;
    }

    ContainerEvents events() {
        return events;
    }

    Containers containers() {
        return containers;
    }

    Volumes volumes() {
        return volumes;
    }

    Networks networks() {
        return networks;
    }

    Creation creation() {
        return creation;
    }

    ContainerRuns runs() {
        return runs;
    }

    Connections connections() {
        return connections;
    }

    Execs execs() {
        return execs;
    }

    ContainerViews views() {
        return views;
    }

    /// Follows the containers no longer; they go on.
    @Override
    public void close() {
        runs.close();
    }
}
