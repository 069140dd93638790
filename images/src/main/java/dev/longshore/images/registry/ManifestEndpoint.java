package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Descriptor;
import dev.longshore.images.Manifest;
import dev.longshore.images.MediaTypes;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.access.Action;
import dev.longshore.images.registry.access.Rights;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `/v2/NAME/manifests/REFERENCE`: end-3, end-7 and end-9.
final class ManifestEndpoint {

    private static final Platform USUAL_PLATFORM = Platform.linux("amd64");

    private static final int MOST_TAGS = 100;

    private final RegistryStorage storage;
    private final Room room;

    ManifestEndpoint(RegistryStorage storage, Room room) {
        this.storage = storage;
        this.room = room;
    }

    Response handle(Request request, RegistryRoute.OneManifest route, Rights rights)
            throws IOException, InterruptedException {
        return switch (request.method()) {
            case "GET", "HEAD" -> get(request, route.reference());
            case "PUT" -> put(request, route, rights);
            case "DELETE" -> delete(route.reference());
            default -> throw Refusals.notAllowed("GET, HEAD, PUT, DELETE");
        };
    }

    private record Found(Digest digest, byte[] bytes, Manifest manifest) {}

    private Response get(Request request, Reference reference) throws IOException, InterruptedException {
        Optional<Digest> target = reference.digest().isPresent() ? reference.digest() : storage.target(reference);
        Found found = find(reference, target.orElseThrow(() -> Refusals.unknownManifest(reference)));
        found = negotiated(request, reference, found);
        Headers headers = Headers.of(
                "Content-Type",
                found.manifest().mediaType(),
                "Docker-Content-Digest",
                found.digest().toString(),
                "Etag",
                Conditions.entityTag(found.digest()));
        if (Conditions.hasAlready(request, found.digest())) {
            return new Response.Full(304, headers, new byte[0]);
        }
        return request.method().equals("HEAD")
                ? new Response.Full(
                        200, headers.with("Content-Length", String.valueOf(found.bytes().length)), new byte[0])
                : new Response.Full(200, headers, found.bytes());
    }

    private Found find(Reference reference, Digest digest) throws IOException, InterruptedException {
        byte[] bytes =
                storage.manifest(reference.withDigest(digest)).orElseThrow(() -> Refusals.unknownManifest(reference));
        return new Found(digest, bytes, Manifest.parse(bytes, ""));
    }

    /// Who asks for a tag and knows no lists gets the list's usual image.
    private Found negotiated(Request request, Reference reference, Found found)
            throws IOException, InterruptedException {
        Accepted accepted = Accepted.of(request);
        if (accepted.takes(found.manifest().mediaType())) {
            return found;
        }
        if (reference.tag().isPresent() && found.manifest() instanceof Manifest.Index index) {
            Optional<Descriptor> usual = index.select(USUAL_PLATFORM);
            if (usual.isPresent() && accepted.takes(usual.get().mediaType())) {
                return find(reference, usual.get().digest());
            }
        }
        throw new RefusalException(
                ErrorCode.MANIFEST_UNKNOWN, Accepted.refusal(found.manifest().mediaType()));
    }

    private Response put(Request request, RegistryRoute.OneManifest route, Rights rights)
            throws IOException, InterruptedException {
        Reference reference = route.reference();
        byte[] bytes = request.body().readNBytes(Manifest.LARGEST + 1);
        if (bytes.length > Manifest.LARGEST) {
            throw new RefusalException(ErrorCode.TOO_LARGE, "a manifest may have " + Manifest.LARGEST + " bytes");
        }
        Manifest manifest = parsed(request, bytes);
        Digest digest = digest(request, reference, bytes);
        requireParts(reference, manifest, rights);
        List<Reference> tags = tags(request, route);
        try (Room.Claim _ = room.claim(reference, digest, bytes.length)) {
            storage.put(reference, digest, bytes);
            for (Reference tag : tags) {
                storage.put(tag, digest, bytes);
            }
        }
        Headers headers = Headers.of(
                "Location",
                route.name().path() + "manifests/" + digest + route.name().query(),
                "Docker-Content-Digest",
                digest.toString());
        for (Reference tag : tags) {
            headers = headers.with("OCI-Tag", tag.tag().orElseThrow());
        }
        Optional<Digest> subject = manifest.subject();
        if (subject.isPresent()) {
            headers = headers.with("OCI-Subject", subject.get().toString());
        }
        return new Response.Full(201, headers, new byte[0]);
    }

    /// What is pushed by digest may be tagged at once: `?tag=1&tag=1.0` (the specification's next version).
    private static List<Reference> tags(Request request, RegistryRoute.OneManifest route) {
        List<String> asked =
                route.reference().digest().isPresent() ? request.query().all("tag") : List.of();
        if (asked.size() > MOST_TAGS) {
            throw new RefusalException(ErrorCode.TAG_INVALID, "at most " + MOST_TAGS + " tags at once");
        }
        return asked.stream()
                .map(tag -> RegistryRoute.tagged(route.name(), tag))
                .toList();
    }

    private static Manifest parsed(Request request, byte[] bytes) {
        String type = request.headers()
                .first("Content-Type")
                .orElse("")
                .split(";", 2)[0]
                .strip();
        Manifest manifest = Manifest.parse(bytes, type);
        boolean saysOther = MediaTypes.isManifest(type)
                && !Json.parse(bytes).path("mediaType").asString(type).equals(type);
        if (saysOther) {
            throw new RefusalException(
                    ErrorCode.MANIFEST_INVALID, "mediaType is " + manifest.mediaType() + ", Content-Type " + type);
        }
        return manifest;
    }

    /// The digest that the client names, which must be that of `bytes`; else their SHA-256.
    private static Digest digest(Request request, Reference reference, byte[] bytes) {
        Optional<Digest> named =
                reference.digest().or(() -> request.query().first("digest").map(RegistryRoute::digest));
        String algorithm = named.map(Digest::algorithm).orElse("sha256");
        Digest actual = Digest.of(algorithm, Digest.hasher(algorithm).digest(bytes));
        if (named.isPresent() && !named.get().equals(actual)) {
            throw new RefusalException(ErrorCode.DIGEST_INVALID, "the content is " + actual);
        }
        return actual;
    }

    /// An index may come with only the images that somebody wanted; a manifest comes with everything.
    private void requireParts(Reference reference, Manifest manifest, Rights rights)
            throws IOException, InterruptedException {
        var missing = new ArrayList<String>();
        for (Descriptor child : manifest.children()) {
            boolean isThere =
                    switch (manifest) {
                        case Manifest.Index index -> !isOthers(reference, child.digest(), rights);
                        case Manifest.Image image ->
                            MediaTypes.isForeign(child.mediaType())
                                    || storage.blob(reference, child.digest()).isPresent();
                    };
            if (!isThere) {
                missing.add(child.digest().toString());
            }
        }
        if (!missing.isEmpty()) {
            throw RefusalException.each(ErrorCode.MANIFEST_BLOB_UNKNOWN, missing);
        }
    }

    /// True if an index would show in its repository what its sender may not pull where it is.
    private boolean isOthers(Reference reference, Digest part, Rights rights) throws IOException, InterruptedException {
        if (!storage.isElsewhere(reference, part)) {
            return false;
        }
        for (String holder : storage.repositories()) {
            Reference repository = Reference.parse(holder);
            if (rights.may(repository.familiarRepository(), Action.PULL)
                    && storage.manifest(repository.withDigest(part)).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private Response delete(Reference reference) throws IOException, InterruptedException {
        if (reference.tag().isPresent()) {
            if (!storage.deleteTag(reference)) {
                throw Refusals.unknownManifest(reference);
            }
            return new Response.Full(202, Headers.EMPTY, new byte[0]);
        }
        return switch (storage.deleteManifest(reference)) {
            case DONE -> new Response.Full(202, Headers.EMPTY, new byte[0]);
            case ABSENT -> throw Refusals.unknownManifest(reference);
            case NEEDED ->
                throw new RefusalException(
                        ErrorCode.UNSUPPORTED, "it is part of an index of this repository: delete the index");
        };
    }
}
