package dev.longshore.network;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.network.ProxyFacts.HostPort;
import dev.longshore.network.view.ObjectName;
import dev.longshore.network.view.Range;
import dev.longshore.runtime.SandboxSpec.PortMapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// Which sandboxes are wired and how: one file each, read once at the start.
final class SandboxRecords {

    private static final Logger log = LoggerFactory.getLogger(SandboxRecords.class);
    private static final String SUFFIX = ".json";

    private final Path directory;
    private final Map<String, Wired> all = new ConcurrentHashMap<>();

    SandboxRecords(Path directory) {
        this.directory = directory;
    }

    /// A sandbox that is wired.
    ///
    /// @param namespace which network namespace it was, as [#identity] says
    record Wired(String namespace, ObjectName pod, List<String> addresses, List<PortMapping> ports) {}

    /// Reads what was there. A damaged file is as good as none: its sandbox is wired anew.
    void load() throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
                String name = file.getFileName().toString();
                try {
                    all.put(
                            name.substring(0, name.length() - SUFFIX.length()),
                            read(Json.parse(Files.readAllBytes(file))));
                } catch (Json.MalformedException damaged) {
                    log.warn("{} is damaged: {}", file, damaged.getMessage());
                }
            }
        }
    }

    /// By sandbox.
    Map<String, Wired> all() {
        return Map.copyOf(all);
    }

    Optional<Wired> find(String sandbox) {
        return Optional.ofNullable(all.get(sandbox));
    }

    void put(String sandbox, Wired wired) {
        all.put(sandbox, wired);
        try {
            WholeFile.write(directory.resolve(sandbox + SUFFIX), Json.bytes(write(wired)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void remove(String sandbox) {
        all.remove(sandbox);
        try {
            Files.deleteIfExists(directory.resolve(sandbox + SUFFIX));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The ports of the host that lead into all these sandboxes.
    List<HostPort> hostPorts() {
        return all.values().stream()
                .flatMap(wired -> wired.ports().stream()
                        .filter(port -> port.hostPort() > 0)
                        .map(port -> hostPort(port, wired.addresses().getFirst())))
                .toList();
    }

    /// Which pod has which address, known before the API server hears of it.
    Map<ObjectName, String> podAddresses() {
        var addresses = new HashMap<ObjectName, String>();
        all.values()
                .forEach(wired -> addresses.put(wired.pod(), wired.addresses().getFirst()));
        return addresses;
    }

    private static HostPort hostPort(PortMapping port, String address) {
        return new HostPort(
                port.hostIp().filter(Range::isAddress).filter(ip -> !ip.equals("0.0.0.0")),
                port.protocol(),
                port.hostPort(),
                new EndpointChoice.Target(address, port.containerPort()));
    }

    /// Tells a network namespace from every other, also from one at the same path after a restart of the
    /// machine.
    static String identity(Path namespace) {
        try {
            return "%s:%s:%s"
                    .formatted(
                            Files.getAttribute(namespace, "unix:dev"),
                            Files.getAttribute(namespace, "unix:ino"),
                            BootScoped.boot());
        } catch (IOException missing) {
            throw new UncheckedIOException("no network namespace at " + namespace, missing);
        }
    }

    private static JsonNode write(Wired wired) {
        var tree = Json.object()
                .put("namespace", wired.namespace())
                .put("podNamespace", wired.pod().namespace())
                .put("podName", wired.pod().name());
        var addresses = tree.putArray("addresses");
        wired.addresses().forEach(addresses::add);
        var ports = tree.putArray("ports");
        for (PortMapping port : wired.ports()) {
            ports.addObject()
                    .put("hostPort", port.hostPort())
                    .put("containerPort", port.containerPort())
                    .put("protocol", port.protocol())
                    .put("hostIp", port.hostIp().orElse(""));
        }
        return tree;
    }

    private static Wired read(JsonNode tree) {
        var addresses = new ArrayList<String>();
        tree.path("addresses").forEach(address -> addresses.add(address.asString()));
        var ports = new ArrayList<PortMapping>();
        for (JsonNode port : tree.path("ports")) {
            ports.add(new PortMapping(
                    port.path("hostPort").asInt(),
                    port.path("containerPort").asInt(),
                    port.path("protocol").asString(),
                    Optional.of(port.path("hostIp").asString("")).filter(ip -> !ip.isEmpty())));
        }
        return new Wired(
                tree.path("namespace").asString(),
                new ObjectName(
                        tree.path("podNamespace").asString(),
                        tree.path("podName").asString()),
                addresses,
                ports);
    }
}
