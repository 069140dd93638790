package dev.longshore.kubelet.claims;

import dev.longshore.http.grpc.GrpcClient;
import dev.longshore.kubelet.devices.DeviceException;
import dev.longshore.kubelet.plugins.PluginException;
import dev.longshore.kubelet.plugins.PluginKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Drivers of devices that have registered. One may have several plugins at a time, while the new one of an update
/// takes over: the youngest that listens is asked. Thread-safe.
public final class ClaimDrivers implements PluginKind, AutoCloseable {

    private final ClaimHealth health;
    private final Map<String, List<Plugin>> plugins = new HashMap<>();
    private final Map<Plugin, Thread> listeners = new HashMap<>();
    private final Set<String> arrived = new HashSet<>();

    /// Lets `health` listen to each.
    public ClaimDrivers(ClaimHealth health) {
        this.health = health;
    }

    /// A plugin of the driver `name`.
    record Plugin(String name, Path endpoint, DriverService service, GrpcClient client) {}

    @Override
    public String type() {
        return "DRAPlugin";
    }

    @Override
    public void register(String name, Path endpoint, List<String> versions) {
        DriverService service = service(name, endpoint, versions);
        synchronized (this) {
            List<Plugin> all = plugins.computeIfAbsent(name, driver -> new ArrayList<>());
            if (all.stream().anyMatch(plugin -> plugin.endpoint().equals(endpoint))) {
                throw new PluginException(
                        "endpoint %s already registered for DRA driver plugin %s".formatted(endpoint, name));
            }
            var plugin = new Plugin(name, endpoint, service, GrpcClient.to(endpoint));
            all.add(plugin);
            arrived.add(name);
            listeners.put(plugin, health.listen(plugin));
        }
    }

    private static DriverService service(String name, Path endpoint, List<String> versions) {
        String refusal =
                "invalid supported gRPC versions of DRA driver plugin %s at endpoint %s: ".formatted(name, endpoint);
        if (versions.isEmpty()) {
            throw new PluginException(refusal + "empty list of supported gRPC services (aka supported versions)");
        }
        return versions.stream()
                .flatMap(version -> DriverService.named(version).stream())
                .findFirst()
                .orElseThrow(() -> new PluginException(refusal
                        + "none of services supported by the plugin (%s) are supported by the kubelet (%s)"
                                .formatted(
                                        quoted(versions),
                                        quoted(Arrays.stream(DriverService.values())
                                                .map(DriverService::registeredName)
                                                .toList()))));
    }

    private static String quoted(List<String> texts) {
        return texts.stream().map(text -> "\"" + text + "\"").collect(Collectors.joining(" ", "[", "]"));
    }

    @Override
    public void deregister(String name, Path endpoint) {
        Optional<Plugin> gone;
        synchronized (this) {
            List<Plugin> all = plugins.getOrDefault(name, List.of());
            gone = all.stream()
                    .filter(plugin -> plugin.endpoint().equals(endpoint))
                    .findFirst();
            gone.ifPresent(plugin -> {
                all.remove(plugin);
                listeners.remove(plugin).interrupt();
            });
        }
        gone.ifPresent(plugin -> plugin.client().close());
    }

    /// Who is to be asked.
    ///
    /// @throws DeviceException when the driver is not here
    synchronized Plugin require(String driver) {
        List<Plugin> all = plugins.getOrDefault(driver, List.of());
        if (all.isEmpty()) {
            throw new DeviceException("DRA driver %s is not registered".formatted(driver));
        }
        return all.reversed().stream()
                .filter(plugin -> plugin.client().isConnected())
                .findFirst()
                .orElseGet(all::getLast);
    }

    /// All that have ever been here.
    synchronized Set<String> known() {
        return new HashSet<>(plugins.keySet());
    }

    /// Those that have registered since this was asked for last.
    synchronized Set<String> arrivals() {
        Set<String> names = Set.copyOf(arrived);
        arrived.clear();
        return names;
    }

    /// Whether somebody listens.
    synchronized boolean isUsable(String driver) {
        return plugins.getOrDefault(driver, List.of()).stream()
                .anyMatch(plugin -> plugin.client().isConnected());
    }

    @Override
    public synchronized void close() {
        listeners.values().forEach(Thread::interrupt);
        plugins.values().forEach(all -> all.forEach(plugin -> plugin.client().close()));
    }
}
