package dev.longshore.images.registry.service;

import dev.longshore.base.Digest;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.Metrics;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;

/// What a registry holds right now, beside what it has counted.
final class Gauges {

    private Gauges() {}

    static byte[] with(Metrics metrics, RegistryStorage storage) throws IOException, InterruptedException {
        var sizes = new HashMap<Digest, Long>();
        int repositories = 0;
        long tags = 0;
        for (String name : storage.repositories()) {
            Reference repository = Reference.parse(name);
            repositories++;
            tags += storage.tags(repository).size();
            sizes.putAll(storage.holdings(repository));
        }
        var out = new ByteArrayOutputStream();
        out.write(metrics.text());
        gauge(out, "registry_repositories", repositories);
        gauge(out, "registry_tags", tags);
        gauge(out, "registry_storage_blobs", sizes.size());
        gauge(
                out,
                "registry_storage_bytes",
                sizes.values().stream().mapToLong(Long::longValue).sum());
        return out.toByteArray();
    }

    private static void gauge(ByteArrayOutputStream out, String name, long value) throws IOException {
        out.write("# TYPE %s gauge\n%s %d\n".formatted(name, name, value).getBytes(StandardCharsets.UTF_8));
    }
}
