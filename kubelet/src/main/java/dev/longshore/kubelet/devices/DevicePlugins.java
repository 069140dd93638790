package dev.longshore.kubelet.devices;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Time;
import dev.longshore.http.grpc.GrpcException;
import dev.longshore.http.grpc.GrpcServer;
import dev.longshore.http.grpc.GrpcService;
import dev.longshore.kubelet.devices.proto.Device;
import dev.longshore.kubelet.devices.proto.DevicePluginOptions;
import dev.longshore.kubelet.devices.proto.Empty;
import dev.longshore.kubelet.devices.proto.RegisterRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The plugins that have registered, by the resource that each looks after, and the socket on which they do. A
/// plugin that leaves takes its devices' health with it at once, and its resource after five minutes.
public final class DevicePlugins implements ExtendedResources, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DevicePlugins.class);
    private static final Duration GRACE = Duration.ofMinutes(5);
    private static final String SOCKET = "kubelet.sock";
    private static final String LEDGER = "kubelet_internal_checkpoint";
    private static final String HEALTHY = "Healthy";

    private final Path directory;
    private final Time time;
    private final DeviceLedger ledger;
    private final Map<String, Known> known = new HashMap<>();
    private final Map<String, Count> removed = new HashMap<>();
    private Optional<GrpcServer> server = Optional.empty();
    private volatile Consumer<String> listener = resource -> {};

    /// In `directory`, which plugins and kubelet share.
    public DevicePlugins(Path directory, Time time) {
        this.directory = requireNonNull(directory, "directory");
        this.time = requireNonNull(time, "time");
        this.ledger = new DeviceLedger(directory.resolve(LEDGER));
    }

    /// One resource: who looks after it now, and its devices, by id.
    private static final class Known {
        private Optional<DevicePlugin> plugin = Optional.empty();
        private Map<String, Device> devices = Map.of();
        private Optional<Instant> leftAt = Optional.empty();

        long healthy() {
            return devices.values().stream().filter(Known::isHealthy).count();
        }

        static boolean isHealthy(Device device) {
            return HEALTHY.equals(device.getHealth());
        }
    }

    /// Opens the socket; what earlier kubelets and their plugins left beside it goes, by which plugins notice.
    public void start() throws IOException {
        Files.createDirectories(directory);
        ledger.load();
        synchronized (this) {
            ledger.resources().forEach(resource -> {
                var resumed = new Known();
                resumed.leftAt = Optional.of(time.now());
                known.put(resource, resumed);
            });
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!file.getFileName().toString().equals(LEDGER) && !Files.isDirectory(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        server = Optional.of(GrpcServer.listen(
                directory.resolve(SOCKET),
                List.of(new GrpcService(DeviceCalls.REGISTRATION).unary(DeviceCalls.REGISTER, this::register))));
    }

    private Empty register(RegisterRequest request) {
        if (!request.getVersion().equals(DeviceCalls.VERSION)) {
            throw new GrpcException(
                    Status.Code.UNKNOWN,
                    "requested API version \"%s\" is not supported by kubelet. Supported version is \"%s\""
                            .formatted(request.getVersion(), DeviceCalls.VERSION));
        }
        String endpoint = request.getEndpoint();
        if (endpoint.isEmpty() || endpoint.contains("/")) {
            throw new GrpcException(Status.Code.INVALID_ARGUMENT, "the endpoint is not a file beside this socket");
        }
        register(request.getResourceName(), directory.resolve(endpoint), request.getOptions());
        return Empty.getDefaultInstance();
    }

    /// `resource` is looked after by whoever listens on `socket`.
    ///
    /// @throws GrpcException when that is no name for a resource
    public void register(String resource, Path socket, DevicePluginOptions options) {
        if (!isExtended(resource)) {
            throw new GrpcException(Status.Code.UNKNOWN, "the ResourceName \"%s\" is invalid".formatted(resource));
        }
        var plugin = new DevicePlugin(
                resource, socket, options, devices -> heard(resource, devices), left -> left(resource, left));
        Optional<DevicePlugin> before;
        synchronized (this) {
            Known entry = known.computeIfAbsent(resource, name -> new Known());
            before = entry.plugin;
            entry.plugin = Optional.of(plugin);
            entry.leftAt = Optional.empty();
            removed.remove(resource);
        }
        before.ifPresent(DevicePlugin::close);
        plugin.start();
        log.info("device plugin of {} has registered", resource);
    }

    private static boolean isExtended(String resource) {
        int slash = resource.indexOf('/');
        return slash > 0
                && slash < resource.length() - 1
                && !resource.substring(0, slash).endsWith("kubernetes.io")
                && !resource.startsWith("requests.");
    }

    /// Has `changed` called with the resource whose devices are not as they were.
    void onChange(Consumer<String> changed) {
        listener = changed;
    }

    private void heard(String resource, List<Device> devices) {
        var byId = new TreeMap<String, Device>();
        devices.forEach(device -> byId.put(device.getId(), device));
        synchronized (this) {
            known.get(resource).devices = byId;
        }
        listener.accept(resource);
    }

    private void left(String resource, DevicePlugin plugin) {
        synchronized (this) {
            Known entry = known.get(resource);
            if (entry == null || entry.plugin.filter(plugin::equals).isEmpty()) {
                return;
            }
            entry.plugin = Optional.empty();
            entry.leftAt = Optional.of(time.now());
            var sick = new TreeMap<String, Device>();
            entry.devices.forEach((id, device) ->
                    sick.put(id, device.toBuilder().setHealth("Unhealthy").build()));
            entry.devices = sick;
            plugin.close();
        }
        listener.accept(resource);
    }

    @Override
    public synchronized Map<String, Count> counts() {
        known.entrySet().removeIf(entry -> {
            boolean isOver = entry.getValue()
                    .leftAt
                    .filter(at -> !time.now().isBefore(at.plus(GRACE)))
                    .isPresent();
            if (isOver) {
                removed.put(entry.getKey(), new Count(0, 0));
            }
            return isOver;
        });
        var counts = new HashMap<>(removed);
        known.forEach((resource, entry) -> counts.put(resource, new Count(entry.devices.size(), entry.healthy())));
        return counts;
    }

    /// Whether pods get `resource` from here.
    synchronized boolean isKnown(String resource) {
        return known.containsKey(resource);
    }

    /// Who looks after it now.
    synchronized Optional<DevicePlugin> plugin(String resource) {
        return Optional.ofNullable(known.get(resource)).flatMap(entry -> entry.plugin);
    }

    /// Its devices of use, in order.
    synchronized List<String> healthy(String resource) {
        return Optional.ofNullable(known.get(resource)).stream()
                .flatMap(entry -> entry.devices.values().stream())
                .filter(Known::isHealthy)
                .map(Device::getId)
                .toList();
    }

    /// All its devices.
    synchronized List<String> ids(String resource) {
        return Optional.ofNullable(known.get(resource)).stream()
                .flatMap(entry -> entry.devices.keySet().stream())
                .toList();
    }

    /// A device as its plugin describes it.
    synchronized Optional<Device> device(String resource, String id) {
        return Optional.ofNullable(known.get(resource)).map(entry -> entry.devices.get(id));
    }

    DeviceLedger ledger() {
        return ledger;
    }

    @Override
    public void close() {
        server.ifPresent(GrpcServer::close);
        List<DevicePlugin> open;
        synchronized (this) {
            open = known.values().stream()
                    .flatMap(entry -> entry.plugin.stream())
                    .toList();
            known.values().forEach(entry -> entry.plugin = Optional.empty());
        }
        open.forEach(DevicePlugin::close);
    }
}
