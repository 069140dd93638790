package dev.longshore.server.config;

import dev.longshore.base.ClusterId;
import dev.longshore.base.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the first start chose for a cluster and every later start keeps.
///
/// @param name how people call the cluster
/// @param podRange addresses of pods, as `10.244.0.0/16`
/// @param serviceRange addresses of services
/// @param nodePorts `first-last`
public record ClusterRecord(
        ClusterId id,
        String name,
        String podRange,
        String serviceRange,
        String nodePorts,
        int apiPort,
        int registryPort,
        int kubeletPort) {

    /// The record in `file`, if the cluster has been started before.
    ///
    /// @throws IOException when the file is there but does not say what it should
    public static Optional<ClusterRecord> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(Files.readAllBytes(file)));
        } catch (IOException broken) {
            throw new IOException(file + ": " + broken.getMessage(), broken);
        }
    }

    /// The record that such a file holds.
    ///
    /// @throws IOException when it does not say what it should
    public static ClusterRecord parse(byte[] content) throws IOException {
        try {
            JsonNode tree = Json.parse(content);
            return new ClusterRecord(
                    new ClusterId(tree.path("id").asString()),
                    tree.path("name").asString(),
                    tree.path("podRange").asString(),
                    tree.path("serviceRange").asString(),
                    tree.path("nodePorts").asString(),
                    tree.path("apiPort").asInt(),
                    tree.path("registryPort").asInt(),
                    tree.path("kubeletPort").asInt());
        } catch (Json.MalformedException | IllegalArgumentException broken) {
            throw new IOException("the cluster's record is damaged: " + broken.getMessage(), broken);
        }
    }

    /// Writes the record to `file`, synced and in one step.
    public void write(Path file) throws IOException {
        var tree = Json.object();
        tree.put("id", id.value())
                .put("name", name)
                .put("podRange", podRange)
                .put("serviceRange", serviceRange)
                .put("nodePorts", nodePorts)
                .put("apiPort", apiPort)
                .put("registryPort", registryPort)
                .put("kubeletPort", kubeletPort);
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, Json.prettyBytes(tree));
        try (var channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /// The first address of the service range: that of the `kubernetes` Service.
    public String kubernetesServiceAddress() {
        return addressInServiceRange(1);
    }

    /// The tenth address of the service range: that of the cluster's DNS.
    public String dnsServiceAddress() {
        return addressInServiceRange(10);
    }

    private String addressInServiceRange(int offset) {
        String[] parts = serviceRange.substring(0, serviceRange.indexOf('/')).split("\\.");
        parts[3] = String.valueOf(Integer.parseInt(parts[3]) + offset);
        return String.join(".", parts);
    }
}
