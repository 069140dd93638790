package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `/v2/NAME/referrers/DIGEST` (end-12): the manifests of a repository that are about another one. Thread-safe.
final class Referrers {

    private static final int MOST_KNOWN = 20_000;

    private final RegistryStorage storage;
    private final LinkedHashMap<Digest, Entry> known = new LinkedHashMap<>();

    Referrers(RegistryStorage storage) {
        this.storage = storage;
    }

    /// What a manifest says of itself; of one without a subject there is nothing more to know.
    private record Entry(Optional<Digest> subject, String type, ObjectNode descriptor) {}

    Response list(Request request, RegistryRoute.Referrers route) throws IOException, InterruptedException {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw Refusals.notAllowed("GET, HEAD");
        }
        List<String> types = request.query().all("artifactType").stream()
                .filter(type -> !type.isEmpty())
                .toList();
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var found = tree.putArray("manifests");
        storage.seekReferrers(route.name().repository(), route.subject());
        for (Digest digest : of(route.name().repository(), route.subject())) {
            Optional<Entry> entry = entry(route.name().repository(), digest);
            if (entry.isPresent()
                    && (types.isEmpty() || types.contains(entry.get().type()))) {
                found.add(entry.get().descriptor());
            }
        }
        Headers headers = Headers.of("Content-Type", MediaTypes.OCI_INDEX);
        return new Response.Full(
                200, types.isEmpty() ? headers : headers.with("OCI-Filters-Applied", "artifactType"), Json.bytes(tree));
    }

    /// The manifests of `repository` that are about `subject`, in a fixed order.
    List<Digest> of(Reference repository, Digest subject) throws IOException, InterruptedException {
        var found = new java.util.ArrayList<Digest>();
        for (Digest manifest : storage.manifests(repository)) {
            if (subject(repository, manifest).equals(Optional.of(subject))) {
                found.add(manifest);
            }
        }
        found.sort(Comparator.comparing(Digest::toString));
        return found;
    }

    /// What `manifest` is about.
    Optional<Digest> subject(Reference repository, Digest manifest) throws IOException, InterruptedException {
        return entry(repository, manifest).flatMap(Entry::subject);
    }

    private Optional<Entry> entry(Reference repository, Digest digest) throws IOException, InterruptedException {
        synchronized (known) {
            Entry entry = known.get(digest);
            if (entry != null) {
                return Optional.of(entry);
            }
        }
        Optional<byte[]> bytes = storage.manifest(repository.withDigest(digest));
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        Entry fresh = read(digest, bytes.get());
        synchronized (known) {
            known.put(digest, fresh);
            if (known.size() > MOST_KNOWN) {
                known.pollFirstEntry();
            }
        }
        return Optional.of(fresh);
    }

    private static Entry read(Digest digest, byte[] bytes) {
        Manifest manifest = Manifest.parse(bytes, "");
        if (manifest.subject().isEmpty()) {
            return new Entry(Optional.empty(), "", Json.object());
        }
        JsonNode raw = Json.parse(bytes);
        String own = raw.path("artifactType").asString("");
        String type = own.isEmpty() ? raw.path("config").path("mediaType").asString("") : own;
        ObjectNode descriptor =
                Descriptor.of(manifest.mediaType(), digest, bytes.length).json();
        if (!type.isEmpty()) {
            descriptor.put("artifactType", type);
        }
        if (raw.path("annotations").isObject() && !raw.path("annotations").isEmpty()) {
            descriptor.set("annotations", raw.path("annotations"));
        }
        return new Entry(manifest.subject(), type, descriptor);
    }
}
