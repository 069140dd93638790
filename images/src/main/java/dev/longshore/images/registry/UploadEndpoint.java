package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Reference;
import dev.longshore.images.registry.access.Action;
import dev.longshore.images.registry.access.Rights;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.node.JsonNodeFactory;

/// `/v2/NAME/blobs/uploads/…`: blobs in one piece or many (end-4, end-5, end-6, end-13), or taken over from another
/// repository (end-11).
final class UploadEndpoint {

    private static final Pattern RANGE = Pattern.compile("(?:bytes[ =])?([0-9]{1,18})-([0-9]{1,18})(?:/.*)?");

    private final RegistryStorage storage;
    private final Room room;

    UploadEndpoint(RegistryStorage storage, Room room) {
        this.storage = storage;
        this.room = room;
    }

    Response begin(Request request, RegistryRoute.Name name, Rights rights) throws IOException, InterruptedException {
        if (!request.method().equals("POST")) {
            throw Refusals.notAllowed("POST");
        }
        Optional<String> mount = request.query().first("mount").filter(text -> !text.isEmpty());
        if (mount.isPresent()) {
            Optional<Response> mounted = mount(request, name, mount.get(), rights);
            if (mounted.isPresent()) {
                return mounted.get();
            }
        }
        Optional<String> whole = request.query().first("digest");
        Optional<Digest> digest = whole.map(RegistryRoute::digest);
        String id = storage.begin(name.repository());
        if (digest.isEmpty()) {
            return progress(202, name, id, 0);
        }
        try {
            append(request, name, id, digest);
            return finish(name, id, digest.get());
        } catch (IOException | RuntimeException broken) {
            abandon(name, id); // The client does not know this upload, so it cannot go on with it.
            throw broken;
        }
    }

    Response handle(Request request, RegistryRoute.Upload route) throws IOException, InterruptedException {
        String id = route.id();
        RegistryRoute.Name name = route.name();
        return switch (request.method()) {
            case "GET", "HEAD" -> progress(204, name, id, storage.offset(name.repository(), id));
            case "PATCH" -> progress(202, name, id, append(request, name, id, Optional.empty()));
            case "PUT" -> {
                Digest digest = RegistryRoute.digest(request.query()
                        .first("digest")
                        .orElseThrow(() -> new RefusalException(ErrorCode.DIGEST_INVALID, "digest missing")));
                append(request, name, id, Optional.of(digest));
                yield finish(name, id, digest);
            }
            case "DELETE" -> {
                storage.cancel(name.repository(), id);
                yield new Response.Full(204, Headers.of("Docker-Upload-Uuid", id), new byte[0]);
            }
            default -> throw Refusals.notAllowed("GET, HEAD, PATCH, PUT, DELETE");
        };
    }

    /// A blob that this caller may read anyway need not be sent. Without `from`, any repository will do.
    private Optional<Response> mount(Request request, RegistryRoute.Name name, String text, Rights rights)
            throws IOException, InterruptedException {
        Digest digest = RegistryRoute.digest(text);
        Optional<String> from = request.query().first("from").filter(source -> !source.isEmpty());
        if (from.isPresent()) {
            Reference source = RegistryRoute.Name.of(from.get()).repository();
            return mountFrom(source, name, digest, rights);
        }
        for (String source : storage.holders(digest)) {
            Optional<Response> mounted = mountFrom(Reference.parse(source), name, digest, rights);
            if (mounted.isPresent()) {
                return mounted;
            }
        }
        return Optional.empty();
    }

    private Optional<Response> mountFrom(Reference source, RegistryRoute.Name name, Digest digest, Rights rights)
            throws IOException, InterruptedException {
        if (!rights.may(source.familiarRepository(), Action.PULL)) {
            return Optional.empty();
        }
        var size = storage.blob(source, digest);
        if (size.isEmpty()) {
            return Optional.empty();
        }
        try (Room.Claim _ = room.claim(name.repository(), digest, size.getAsLong())) {
            storage.link(name.repository(), digest);
        }
        return Optional.of(created(name, digest));
    }

    private Response finish(RegistryRoute.Name name, String id, Digest digest)
            throws IOException, InterruptedException {
        long size = storage.offset(name.repository(), id);
        try (Room.Claim _ = room.claim(name.repository(), digest, size)) {
            storage.finish(name.repository(), id, digest);
        } catch (RefusalException tooMuch) {
            abandon(name, id);
            throw tooMuch;
        }
        return created(name, digest);
    }

    private long append(Request request, RegistryRoute.Name name, String id, Optional<Digest> digest)
            throws IOException, InterruptedException {
        long at = storage.offset(name.repository(), id);
        long from = begins(request, name, id, at);
        try {
            return storage.append(
                    name.repository(), id, from, room.within(name.repository(), at, digest, request.body()));
        } catch (RefusalException tooMuch) {
            abandon(name, id);
            throw tooMuch;
        } catch (ImageFaultException refused) {
            if (refused.fault() instanceof ImageFault.Malformed) {
                throw new RefusalException(ErrorCode.BLOB_UPLOAD_INVALID, refused.getMessage());
            }
            throw refused;
        }
    }

    /// Where the piece in `request` begins.
    ///
    /// @throws RefusalException when that is not where the upload stands, or not as much as it says
    private static long begins(Request request, RegistryRoute.Name name, String id, long at) {
        Optional<String> header = request.headers().first("Content-Range");
        if (header.isEmpty()) {
            return at;
        }
        Matcher range = RANGE.matcher(header.get().strip());
        boolean isNext =
                range.matches() && Long.parseLong(range.group(1)) == at && Long.parseLong(range.group(2)) >= at - 1;
        if (!isNext) {
            throw new RefusalException(
                    ErrorCode.RANGE_INVALID,
                    JsonNodeFactory.instance.stringNode("the upload stands at byte " + at),
                    standing(name, id, at));
        }
        long length = Long.parseLong(range.group(2)) - at + 1;
        boolean isHonest = request.headers()
                .first("Content-Length")
                .map(said -> said.strip().equals(String.valueOf(length)))
                .orElse(true);
        if (!isHonest) {
            throw new RefusalException(ErrorCode.SIZE_INVALID, "Content-Length is not what Content-Range says");
        }
        return at;
    }

    private void abandon(RegistryRoute.Name name, String id) throws IOException, InterruptedException {
        try {
            storage.cancel(name.repository(), id);
        } catch (ImageFaultException gone) {
            return; // It was dropped where it failed.
        }
    }

    private static Headers standing(RegistryRoute.Name name, String id, long offset) {
        return Headers.of(
                "Location", name.path() + "blobs/uploads/" + id + name.query(),
                "Range", "0-" + Math.max(0, offset - 1),
                "Docker-Upload-Uuid", id);
    }

    private static Response progress(int status, RegistryRoute.Name name, String id, long offset) {
        return new Response.Full(status, standing(name, id, offset), new byte[0]);
    }

    private static Response created(RegistryRoute.Name name, Digest digest) {
        return new Response.Full(
                201,
                Headers.of(
                        "Location",
                        name.path() + "blobs/" + digest + name.query(),
                        "Docker-Content-Digest",
                        digest.toString()),
                new byte[0]);
    }
}
