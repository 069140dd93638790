package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.docker.RunState.Status;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.runtime.SandboxStatus;
import dev.longshore.runtime.Sandboxes;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Containers as clients see them: in lists, and one by one.
///
/// @param execs further processes, which `inspect` names
record ContainerViews(LocalImages local, Sandboxes sandboxes, Execs execs) {

    /// A line of `docker ps`.
    ObjectNode summary(EngineContainer container, boolean withSize, Instant now, ApiVersion version)
            throws IOException {
        ObjectNode tree = Json.object().put("Id", container.id());
        tree.putArray("Names").add("/" + container.name());
        tree.put("Image", imageName(container))
                .put("ImageID", container.image().toString())
                .put("Command", command(container))
                .put("Created", container.createdAt().getEpochSecond());
        var ports = tree.putArray("Ports");
        if (container.state().hasProcesses()) {
            PortViews.list(container).forEach(ports::add);
        }
        if (withSize) {
            sizes(tree, container);
        }
        JsonFields.put(tree.putObject("Labels"), container.config().labels());
        tree.put("State", container.state().status().word()).put("Status", StatusText.of(container, now));
        tree.putObject("HostConfig").put("NetworkMode", container.config().networkMode());
        ObjectNode networks = tree.putObject("NetworkSettings").putObject("Networks");
        container.endpoints().forEach((name, endpoint) -> networks.set(name, endpoint.shown(container, version)));
        var mounts = tree.putArray("Mounts");
        MountPlan.shown(container.mounts()).forEach(mounts::add);
        return tree;
    }

    private static String command(EngineContainer container) {
        List<String> entrypoint = container.config().entrypoint();
        List<String> command = container.config().command();
        String all = String.join(" ", entrypoint)
                + (entrypoint.isEmpty() || command.isEmpty() ? "" : " ")
                + String.join(" ", command);
        return all;
    }

    /// The name it was made from, unless that means another image now.
    private String imageName(EngineContainer container) throws IOException {
        boolean isSame = local.images()
                .find(container.imageName())
                .filter(image -> image.id().equals(container.image()))
                .isPresent();
        return isSame ? container.imageName() : container.image().toString();
    }

    private void sizes(ObjectNode tree, EngineContainer container) throws IOException {
        long own = Volumes.size(container.upper());
        long image = local.images().byId(container.image()).map(Image::size).orElse(0L);
        tree.put("SizeRw", own).put("SizeRootFs", own + image);
    }

    /// All of it.
    ObjectNode inspect(EngineContainer container, boolean withSize, ApiVersion version) throws IOException {
        ContainerConfig config = container.config();
        ObjectNode tree =
                Json.object().put("Id", container.id()).put("Created", JsonFields.time(container.createdAt()));
        List<String> arguments = new java.util.ArrayList<>(config.entrypoint());
        arguments.addAll(config.command());
        tree.put("Path", arguments.getFirst());
        JsonFields.put(tree.putArray("Args"), arguments.subList(1, arguments.size()));
        tree.set("State", state(container));
        tree.put("Image", container.image().toString());
        var etc = new EtcFiles(container.directory().resolve("etc"));
        tree.put("ResolvConfPath", etc.resolver().toString())
                .put("HostnamePath", etc.hostname().toString())
                .put("HostsPath", etc.hosts().toString())
                .put("LogPath", container.logFile().toString())
                .put("Name", "/" + container.name())
                .put("RestartCount", container.state().restarts())
                .put("Driver", "overlay2")
                .put("Platform", "linux")
                .put("MountLabel", "")
                .put("ProcessLabel", "")
                .put("AppArmorProfile", "");
        List<String> running = execs.runningIn(container);
        if (running.isEmpty()) {
            tree.putNull("ExecIDs");
        } else {
            JsonFields.put(tree.putArray("ExecIDs"), running);
        }
        tree.set("HostConfig", config.host());
        ObjectNode driver = tree.putObject("GraphDriver");
        driver.putObject("Data")
                .put("UpperDir", container.upper().toString())
                .put("WorkDir", container.upper().resolveSibling("work").toString());
        driver.put("Name", "overlay2");
        if (withSize) {
            sizes(tree, container);
        }
        var mounts = tree.putArray("Mounts");
        MountPlan.shown(container.mounts()).forEach(mounts::add);
        ObjectNode shown = config.config().deepCopy();
        shown.put("Image", container.imageName());
        tree.set("Config", shown);
        tree.set("NetworkSettings", network(container, version));
        return tree;
    }

    private static ObjectNode state(EngineContainer container) {
        RunState state = container.state();
        ObjectNode tree = Json.object()
                .put("Status", state.status().word())
                .put("Running", state.isRunning())
                .put("Paused", state.status() == Status.PAUSED)
                .put("Restarting", state.status() == Status.RESTARTING)
                .put("OOMKilled", state.oomKilled())
                .put("Dead", state.status() == Status.DEAD)
                .put("Pid", state.pid())
                .put("ExitCode", state.exitCode())
                .put("Error", state.error())
                .put("StartedAt", JsonFields.time(state.startedAt()))
                .put("FinishedAt", JsonFields.time(state.finishedAt()));
        container.health().ifPresent(health -> tree.set("Health", health.shown()));
        return tree;
    }

    private ObjectNode network(EngineContainer container, ApiVersion version) {
        Optional<SandboxStatus> sandbox = sandboxes.status(container.state().sandboxId());
        ObjectNode tree = Json.object()
                .put("Bridge", "")
                .put("SandboxID", container.state().sandboxId())
                .put("SandboxKey", sandbox.map(SandboxStatus::networkNamespace).orElse(""));
        tree.set("Ports", PortViews.map(container));
        tree.put("HairpinMode", false).put("LinkLocalIPv6Address", "").put("LinkLocalIPv6PrefixLen", 0);
        tree.putNull("SecondaryIPAddresses");
        tree.putNull("SecondaryIPv6Addresses");
        Endpoint.Cable usual = Optional.ofNullable(container.endpoints().get("bridge"))
                .flatMap(Endpoint::cable)
                .orElse(Endpoint.Cable.NONE);
        tree.put("EndpointID", usual.endpointId())
                .put("Gateway", usual.gateway())
                .put("GlobalIPv6Address", usual.address6())
                .put("GlobalIPv6PrefixLen", usual.prefixLength6())
                .put("IPAddress", usual.address())
                .put("IPPrefixLen", usual.prefixLength())
                .put("IPv6Gateway", usual.gateway6())
                .put("MacAddress", usual.hardwareAddress());
        ObjectNode networks = tree.putObject("Networks");
        container.endpoints().forEach((name, endpoint) -> networks.set(name, endpoint.shown(container, version)));
        return tree;
    }

    /// Whether `container` was made from the image that `ancestor` means, or one that stands on it.
    boolean descends(EngineContainer container, String ancestor) {
        try {
            Optional<Image> wanted = local.images().find(ancestor);
            if (wanted.isEmpty()) {
                return container.imageName().equals(ancestor);
            }
            if (wanted.get().id().equals(container.image())) {
                return true;
            }
            List<?> below = wanted.get().config().chainIds();
            Optional<Image> own = local.images().byId(container.image());
            return own.isPresent()
                    && own.get().config().chainIds().size() >= below.size()
                    && !below.isEmpty()
                    && own.get().config().chainIds().subList(0, below.size()).equals(below);
        } catch (IOException unreadable) {
            return false;
        } catch (dev.longshore.images.ImageFaultException noName) {
            return false;
        }
    }
}
