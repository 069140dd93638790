package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.network.view.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes containers: everything but their processes. What fails leaves nothing behind.
final class Creation {

    private static final Path SWAP_ACCOUNT = Path.of("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes");
    private static final Path UNIFIED = Path.of("/sys/fs/cgroup/cgroup.controllers");

    private final LocalImages local;
    private final Containers containers;
    private final Volumes volumes;
    private final Networks networks;
    private final ContainerEvents events;
    private final InitLayer files;
    private final Time time;

    Creation(
            LocalImages local,
            Containers containers,
            Volumes volumes,
            Networks networks,
            ContainerEvents events,
            Time time) {
        this.local = local;
        this.containers = containers;
        this.volumes = volumes;
        this.networks = networks;
        this.events = events;
        this.files = new InitLayer(local);
        this.time = time;
    }

    /// A new container, and what its maker should know.
    record Made(EngineContainer container, List<String> warnings) {}

    /// Makes one called `name` (or anything, if that is empty) as `body` says.
    Made create(String name, ObjectNode body) throws IOException, InterruptedException {
        String imageName = body.path("Image").asString("");
        if (imageName.isEmpty()) {
            throw EngineException.invalid("config cannot be empty in order to create a container");
        }
        Image image = image(imageName);
        String id = containers.newId();
        String reserved = containers.reserve(name, id);
        boolean done = false;
        var made = new ArrayList<String>();
        try {
            ContainerConfig config = new CreateRequest(body, image.config().run(), id).complete();
            Map<String, Endpoint> endpoints = endpoints(config, body.path("NetworkingConfig"));
            Path directory = containers.directory(id);
            Files.createDirectories(directory);
            List<Path> lowers =
                    local.snapshots().prepare(holder(id), image.id()).lowerDirectories();
            layers(directory, lowers);
            List<MountPoint> mounts = MountPlan.of(config, volumes, containers::get);
            mounts.stream().filter(MountPoint::isAnonymous).forEach(mount -> made.add(mount.name()));
            for (MountPoint mount : mounts) {
                if (mount.copies()) {
                    files.fill(Path.of(mount.source()), lowers, mount.destination());
                }
            }
            var container = EngineContainer.created(
                    id, directory, time.now(), imageName, image.id(), mounts, reserved, config, endpoints);
            containers.add(container);
            done = true;
            events.tell(container, "create");
            return new Made(container, warnings(config));
        } finally {
            if (!done) {
                undo(id, reserved, made);
            }
        }
    }

    private Image image(String name) throws IOException {
        return local.images().find(name).orElseThrow(() -> EngineException.notFound("No such image: " + withTag(name)));
    }

    private static String withTag(String name) {
        boolean isTagged = name.contains("@") || name.lastIndexOf(':') > name.lastIndexOf('/');
        return isTagged ? name : name + ":latest";
    }

    private void undo(String id, String reserved, List<String> made) throws IOException {
        made.forEach(volumes::remove);
        local.snapshots().release(holder(id));
        Volumes.delete(containers.directory(id));
        containers.release(reserved, id);
    }

    private void layers(Path directory, List<Path> lowers) throws IOException {
        Path upper = directory.resolve("layer").resolve("upper");
        Files.createDirectories(upper);
        Files.createDirectories(directory.resolve("layer").resolve("work"));
        Files.createDirectories(directory.resolve("logs"));
        // The root of the overlay looks like its upper directory.
        Files.setAttribute(upper, "unix:mode", 0755);
        files.make(directory.resolve("init"), lowers);
    }

    /// Who holds the image for container `id`.
    static String holder(String id) {
        return id;
    }

    private Map<String, Endpoint> endpoints(ContainerConfig config, JsonNode networking) {
        var endpoints = new LinkedHashMap<String, Endpoint>();
        if (!config.networkOf().isEmpty()) {
            containers.get(config.networkOf());
            return endpoints;
        }
        JsonNode asked = networking.path("EndpointsConfig");
        EngineNet first = networks.get(config.networkMode());
        JsonNode own = asked.path(first.name());
        if (own.isMissingNode()) {
            own = asked.path(config.networkMode());
        }
        endpoints.put(first.name(), endpoint(first, own.isObject() ? own : Json.object()));
        for (Map.Entry<String, JsonNode> more : asked.properties()) {
            EngineNet network = networks.get(more.getKey().equals("default") ? "bridge" : more.getKey());
            if (!endpoints.containsKey(network.name())) {
                endpoints.put(network.name(), endpoint(network, more.getValue()));
            }
        }
        return endpoints;
    }

    /// The place that `asked` asks for on `network`.
    static Endpoint endpoint(EngineNet network, JsonNode asked) {
        Endpoint wanted = Endpoint.wanted(network.id(), network.name(), asked);
        if (network.isPredefined() && !wanted.aliases().isEmpty()) {
            throw EngineException.invalid("network-scoped aliases are only supported for user-defined networks");
        }
        if (network.isPredefined() && !wanted.wanted().isEmpty()) {
            throw EngineException.invalid("user specified IP address is supported on user defined networks only");
        }
        if (!wanted.wanted().isEmpty()
                && (!Range.isAddress(wanted.wanted())
                        || !network.subnet().isEmpty()
                                && !Range.parse(network.subnet()).contains(wanted.wanted()))) {
            throw EngineException.invalid("invalid config for network " + network.name()
                    + ": invalid endpoint settings:\nno configured subnet or ip-range contain the IP address "
                    + wanted.wanted());
        }
        return wanted;
    }

    private static List<String> warnings(ContainerConfig config) {
        var warnings = new ArrayList<String>();
        boolean countsSwap = Files.exists(SWAP_ACCOUNT) || Files.exists(UNIFIED);
        if (config.host().path("Memory").asLong(0) > 0 && !countsSwap) {
            warnings.add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. "
                    + "Memory limited without swap.");
        }
        if (config.isOnHostNetwork() && !config.host().path("PortBindings").isEmpty()) {
            warnings.add("Published ports are discarded when using host network mode");
        }
        return warnings;
    }
}
