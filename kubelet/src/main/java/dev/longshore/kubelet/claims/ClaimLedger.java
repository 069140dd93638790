package dev.longshore.kubelet.claims;

import dev.longshore.base.Json;
import dev.longshore.base.WholeFile;
import dev.longshore.kubelet.claims.PreparedClaim.PreparedDevice;
import dev.longshore.kubelet.devices.DeviceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Which claims are prepared for which pods, in the kubelet's own format (`dra_manager_state`), on disk before a driver
/// is asked for anything. Confined to one lock of its user.
final class ClaimLedger {

    private static final Logger log = LoggerFactory.getLogger(ClaimLedger.class);

    private final Path file;
    private final Map<String, PreparedClaim> claims = new TreeMap<>();

    ClaimLedger(Path file) {
        this.file = file;
    }

    /// Reads what an earlier kubelet wrote. A damaged file is not believed.
    void load() {
        claims.clear();
        try {
            if (!Files.exists(file)) {
                return;
            }
            JsonNode read = Json.parse(Files.readString(file));
            String data = read.path("Data").asString();
            if (checksum(data) != read.path("Checksum").asLong()) {
                log.warn("{} is damaged: drivers are not told of the end of claims of before", file);
                return;
            }
            Json.parse(data).path("ClaimInfoStateList").forEach(claim -> put(claim(claim)));
        } catch (JacksonException torn) {
            log.warn("{} is not readable: drivers are not told of the end of claims of before", file, torn);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    List<PreparedClaim> all() {
        return List.copyOf(claims.values());
    }

    Optional<PreparedClaim> find(String namespace, String name) {
        return Optional.ofNullable(claims.get(key(namespace, name)));
    }

    void put(PreparedClaim claim) {
        claims.put(key(claim.namespace(), claim.name()), claim);
    }

    void remove(String namespace, String name) {
        claims.remove(key(namespace, name));
    }

    private static String key(String namespace, String name) {
        return namespace + "/" + name;
    }

    /// @throws DeviceException when it cannot be written
    void save() {
        ObjectNode data =
                Json.object().put("kind", "DRACheckpoint").put("apiVersion", "checkpoint.dra.kubelet.k8s.io/v1");
        var list = data.putArray("ClaimInfoStateList");
        claims.values().forEach(claim -> list.add(tree(claim)));
        String text = data.toString();
        try {
            WholeFile.writePrivately(
                    file, Json.bytes(Json.object().put("Data", text).put("Checksum", checksum(text))));
        } catch (IOException full) {
            throw new DeviceException("checkpoint ResourceClaim cache: " + full.getMessage());
        }
    }

    private static long checksum(String data) {
        var crc = new CRC32();
        crc.update(data.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    private static ObjectNode tree(PreparedClaim claim) {
        ObjectNode tree = Json.object()
                .put("ClaimUID", claim.uid())
                .put("ClaimName", claim.name())
                .put("Namespace", claim.namespace());
        ObjectNode pods = tree.putObject("PodUIDs");
        claim.pods().stream().sorted().forEach(pods::putObject);
        ObjectNode drivers = tree.putObject("DriverState");
        new TreeMap<>(claim.drivers()).forEach((driver, devices) -> {
            var list = drivers.putObject(driver).putArray("Devices");
            devices.forEach(device -> {
                ObjectNode written = list.addObject()
                        .put("PoolName", device.pool())
                        .put("DeviceName", device.name())
                        .put("ShareID", device.share().orElse(null));
                device.requests().forEach(written.putArray("RequestNames")::add);
                device.cdi().forEach(written.putArray("CDIDeviceIDs")::add);
            });
        });
        return tree;
    }

    private static PreparedClaim claim(JsonNode tree) {
        var pods = new HashSet<String>();
        tree.path("PodUIDs").propertyNames().forEach(pods::add);
        var drivers = new TreeMap<String, List<PreparedDevice>>();
        tree.path("DriverState").properties().forEach(driver -> {
            var devices = new ArrayList<PreparedDevice>();
            driver.getValue().path("Devices").forEach(device -> devices.add(device(device)));
            drivers.put(driver.getKey(), devices);
        });
        return new PreparedClaim(
                tree.path("Namespace").asString(),
                tree.path("ClaimName").asString(),
                tree.path("ClaimUID").asString(),
                pods,
                drivers);
    }

    private static PreparedDevice device(JsonNode tree) {
        return new PreparedDevice(
                tree.path("PoolName").asString(),
                tree.path("DeviceName").asString(),
                Optional.of(tree.path("ShareID")).filter(JsonNode::isString).map(JsonNode::asString),
                texts(tree.path("RequestNames")),
                texts(tree.path("CDIDeviceIDs")));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(JsonNode::asString).toList();
    }
}
