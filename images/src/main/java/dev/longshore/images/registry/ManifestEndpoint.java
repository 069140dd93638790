package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Descriptor;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.util.Comparator;
import java.util.Optional;

/// `/v2/NAME/manifests/REFERENCE` and `/v2/NAME/referrers/DIGEST`.
final class ManifestEndpoint {

    private final LocalImages local;
    private final Pushes pushes;

    ManifestEndpoint(LocalImages local, Pushes pushes) {
        this.local = local;
        this.pushes = pushes;
    }

    Response handle(Request request, Reference repository, String reference, String name) throws IOException {
        Reference full = reference.contains(":")
                ? repository.withDigest(RegistryHandler.digest(reference))
                : repository.withTag(reference);
        return switch (request.method()) {
            case "GET", "HEAD" -> get(request, full);
            case "PUT" -> put(request, full, name);
            case "DELETE" -> delete(full);
            default -> RegistryHandler.notAllowed();
        };
    }

    Response referrers(Request request, Digest subject) throws IOException {
        Optional<String> wantedType = request.query().first("artifactType");
        var tree = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
        var found = tree.putArray("manifests");
        for (Digest target : local.images().targets().stream()
                .sorted(Comparator.comparing(Digest::toString))
                .toList()) {
            if (!local.content().has(target)) {
                continue;
            }
            byte[] bytes = local.content().read(target);
            Manifest manifest = Manifest.parse(bytes, "");
            if (!manifest.subject().equals(Optional.of(subject))) {
                continue;
            }
            var raw = Json.parse(bytes);
            String type = raw.path("artifactType")
                    .asString(raw.path("config").path("mediaType").asString(""));
            if (wantedType.isEmpty() || wantedType.get().equals(type)) {
                var entry = Descriptor.of(manifest.mediaType(), target, bytes.length)
                        .json();
                entry.put("artifactType", type);
                if (raw.path("annotations").isObject()) {
                    entry.set("annotations", raw.path("annotations"));
                }
                found.add(entry);
            }
        }
        Headers headers = Headers.of("Content-Type", MediaTypes.OCI_INDEX);
        return new Response.Full(
                200,
                wantedType.isPresent() ? headers.with("OCI-Filters-Applied", "artifactType") : headers,
                Json.bytes(tree));
    }

    private Response get(Request request, Reference reference) throws IOException {
        Optional<Digest> target = local.images().target(reference);
        if (target.isEmpty() || !local.content().has(target.get())) {
            return unknown();
        }
        byte[] bytes = local.content().read(target.get());
        String type = Manifest.parse(bytes, "").mediaType();
        Headers headers = Headers.of(
                "Content-Type",
                type,
                "Docker-Content-Digest",
                target.get().toString(),
                "Etag",
                "\"" + target.get() + "\"");
        return request.method().equals("HEAD")
                ? new Response.Full(200, headers.with("Content-Length", String.valueOf(bytes.length)), new byte[0])
                : new Response.Full(200, headers, bytes);
    }

    private Response put(Request request, Reference reference, String name) throws IOException {
        byte[] bytes = request.body().readNBytes(Manifest.LARGEST + 1);
        if (bytes.length > Manifest.LARGEST) {
            return RegistryError.of(413, "SIZE_INVALID", "the manifest is larger than " + Manifest.LARGEST + " bytes");
        }
        String type = request.headers()
                .first("Content-Type")
                .orElse("")
                .split(";", 2)[0]
                .strip();
        Manifest manifest = Manifest.parse(bytes, type);
        Digest actual = Digest.sha256(bytes);
        if (reference.digest().filter(wanted -> !wanted.equals(actual)).isPresent()) {
            throw new ImageFaultException(
                    new ImageFault.WrongDigest(reference.digest().get().toString(), actual.toString()));
        }
        pushes.keep(actual);
        for (Descriptor child : manifest.children()) {
            pushes.keep(child.digest());
            if (manifest instanceof Manifest.Image && !local.content().has(child.digest())) {
                return RegistryError.of(404, "MANIFEST_BLOB_UNKNOWN", "blob unknown to registry: " + child.digest());
            }
        }
        local.content().put(manifest.mediaType(), bytes);
        if (reference.tag().isPresent()) {
            local.images().tag(reference, actual);
        } else {
            local.images().add(reference.repository(), actual);
        }
        Headers headers = Headers.of(
                "Location", "/v2/" + name + "/manifests/" + actual, "Docker-Content-Digest", actual.toString());
        return new Response.Full(
                201,
                manifest.subject()
                        .map(subject -> headers.with("OCI-Subject", subject.toString()))
                        .orElse(headers),
                new byte[0]);
    }

    private Response delete(Reference reference) throws IOException {
        boolean was = reference.tag().isPresent()
                ? local.images().untag(reference)
                : local.images().forget(reference.digest().orElseThrow());
        return was ? new Response.Full(202, Headers.EMPTY, new byte[0]) : unknown();
    }

    private static Response unknown() {
        return RegistryError.of(404, "MANIFEST_UNKNOWN", "manifest unknown");
    }
}
