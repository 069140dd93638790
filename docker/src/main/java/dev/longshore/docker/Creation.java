package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Platform;
import dev.longshore.network.view.Range;
import dev.longshore.network.view.Range6;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Makes containers: everything but their processes. What fails leaves nothing behind.
final class Creation {

    private static final String OTHER = "container:";

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
    ///
    /// @param wanted the platform that was asked for
    Made create(String name, ObjectNode body, ApiVersion version, Optional<Platform> wanted)
            throws IOException, InterruptedException {
        String imageName = body.path("Image").asString("");
        if (imageName.isEmpty()) {
            throw EngineException.invalid("config cannot be empty in order to create a container");
        }
        List<String> warnings = new ArrayList<>(new OlderClients(version, body).translate());
        Image image = image(imageName, wanted);
        String id = containers.newId();
        String reserved = containers.reserve(name, id);
        boolean done = false;
        var made = new ArrayList<String>();
        try {
            ContainerConfig config =
                    new CreateRequest(body, image.config().run(), id, HostAbilities.HERE.hostname()).complete();
            config = named(config);
            warnings.addAll(warnings(config, image));
            Map<String, Endpoint> endpoints = endpoints(config, body.path("NetworkingConfig"));
            Path directory = containers.directory(id);
            Files.createDirectories(directory);
            List<Path> lowers = local.snapshots().prepare(holder(id), image).lowerDirectories();
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
            return new Made(container, warnings);
        } finally {
            if (!done) {
                undo(id, reserved, made);
            }
        }
    }

    /// With ids in place of the names of other containers, which may be called otherwise later.
    private ContainerConfig named(ContainerConfig config) {
        ObjectNode host = config.host();
        for (String mode : List.of("PidMode", "IpcMode", "NetworkMode")) {
            String text = host.path(mode).asString("");
            if (text.startsWith(OTHER)) {
                containers.find(text.substring(OTHER.length())).ifPresent(other -> host.put(mode, OTHER + other.id()));
            }
        }
        return new ContainerConfig(config.config(), host);
    }

    private Image image(String name, Optional<Platform> wanted) throws IOException {
        if (local.images().find(name).isEmpty()) {
            throw EngineException.notFound("No such image: " + withTag(name));
        }
        return wanted.isPresent()
                ? local.images().get(name, wanted.get())
                : local.images().get(name);
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
            return endpoints;
        }
        JsonNode asked = networking.path("EndpointsConfig");
        Optional<EngineNet> first = networks.find(config.networkMode());
        var spellings = new LinkedHashSet<>(List.of(config.networkMode()));
        first.ifPresent(network -> spellings.addAll(List.of(network.name(), network.id())));
        if (config.networkMode().equals("bridge")) {
            spellings.add("default");
        }
        JsonNode own = spellings.stream()
                .map(asked::path)
                .filter(JsonNode::isObject)
                .findFirst()
                .orElseGet(Json::object);
        // A network that is not there is told at the start, and may be there by then.
        Endpoint main = first.map(network -> endpoint(network, own))
                .orElseGet(() -> Endpoint.wanted("", config.networkMode(), own));
        endpoints.put(main.networkName(), main);
        for (Map.Entry<String, JsonNode> more : asked.properties()) {
            if (spellings.contains(more.getKey())) {
                continue;
            }
            Endpoint endpoint = networks.find(more.getKey())
                    .map(network -> endpoint(network, more.getValue()))
                    .orElseGet(() -> Endpoint.wanted("", more.getKey(), more.getValue()));
            endpoints.putIfAbsent(endpoint.networkName(), endpoint);
        }
        return endpoints;
    }

    /// The place that `asked` asks for on `network`.
    static Endpoint endpoint(EngineNet network, JsonNode asked) {
        Endpoint wanted = Endpoint.wanted(network.id(), network.name(), asked);
        check(network, wanted.wish());
        return wanted;
    }

    /// Refuses what `network` cannot grant.
    static void check(EngineNet network, EndpointWish wish) {
        if (network.isPredefined() && !wish.aliases().isEmpty()) {
            throw EngineException.invalid("network-scoped aliases are only supported for user-defined networks");
        }
        if (network.isPredefined()
                && !(wish.address().isEmpty() && wish.address6().isEmpty())) {
            throw EngineException.invalid("user specified IP address is supported on user defined networks only");
        }
        boolean isOutside = network.isPlaced()
                && (!wish.address().isEmpty()
                                && !Range.parse(network.pool().subnet()).contains(wish.address())
                        || !wish.address6().isEmpty()
                                && network.pool6()
                                        .filter(six ->
                                                Range6.parse(six.subnet()).contains(wish.address6()))
                                        .isEmpty());
        if (isOutside) {
            throw EngineException.invalid("invalid config for network " + network.name()
                    + ": invalid endpoint settings:\nno configured subnet or ip-range contain the IP address "
                    + (wish.address().isEmpty() ? wish.address6() : wish.address()));
        }
    }

    private List<String> warnings(ContainerConfig config, Image image) throws IOException {
        var warnings = new ArrayList<>(new ResourceChecks(HostAbilities.HERE).apply(config.host(), false));
        if (!HostAbilities.HERE.forwards()) {
            warnings.add("IPv4 forwarding is disabled. Networking will not work.");
        }
        if (config.isOnHostNetwork() && !config.host().path("PortBindings").isEmpty()) {
            warnings.add("Published ports are discarded when using host network mode");
        }
        Platform own = image.config().platform();
        Platform host = local.images().platform();
        if (!own.architecture().equals(host.architecture())) {
            warnings.add("The requested image's platform (" + own + ") does not match the detected host platform ("
                    + host + ") and no specific platform was requested");
        }
        return warnings;
    }
}
