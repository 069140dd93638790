package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Uploads;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `/v2/NAME/blobs/uploads/…`: blobs in one piece or many, or taken over from another repository.
final class UploadEndpoint {

    private static final Pattern RANGE = Pattern.compile("(?:bytes )?([0-9]{1,18})-([0-9]{1,18})");

    private final LocalImages local;
    private final Uploads uploads;
    private final Pushes pushes;

    UploadEndpoint(LocalImages local, Pushes pushes) {
        this.local = local;
        this.uploads = local.content().uploads();
        this.pushes = pushes;
    }

    Response handle(Request request, String name, String id) throws IOException {
        if (id.isEmpty()) {
            return request.method().equals("POST") ? begin(request, name) : RegistryHandler.notAllowed();
        }
        return switch (request.method()) {
            case "GET" -> progress(204, name, id, uploads.offset(id));
            case "PATCH" -> progress(202, name, id, append(request, id));
            case "PUT" -> finish(request, name, id);
            case "DELETE" -> {
                uploads.cancel(id);
                yield new Response.Full(204, Headers.EMPTY, new byte[0]);
            }
            default -> RegistryHandler.notAllowed();
        };
    }

    private Response begin(Request request, String name) throws IOException {
        Optional<String> mount = request.query().first("mount");
        if (mount.isPresent()) {
            Digest digest = RegistryHandler.digest(mount.get());
            pushes.keep(digest);
            if (local.content().has(digest)) {
                return created(name, digest);
            }
        }
        Optional<String> whole = request.query().first("digest");
        String id = uploads.begin();
        if (whole.isEmpty()) {
            return progress(202, name, id, 0);
        }
        Digest digest = RegistryHandler.digest(whole.get());
        pushes.keep(digest);
        uploads.append(id, 0, request.body());
        uploads.finish(id, digest);
        return created(name, digest);
    }

    private Response finish(Request request, String name, String id) throws IOException {
        Digest digest = RegistryHandler.digest(request.query()
                .first("digest")
                .orElseThrow(() -> new ImageFaultException(new ImageFault.WrongDigest("a digest", "none"))));
        pushes.keep(digest);
        append(request, id);
        uploads.finish(id, digest);
        return created(name, digest);
    }

    private long append(Request request, String id) throws IOException {
        long offset = uploads.offset(id);
        Optional<String> range = request.headers().first("Content-Range");
        if (range.isPresent()) {
            Matcher parts = RANGE.matcher(range.get());
            if (!parts.matches()) {
                throw new ImageFaultException(new ImageFault.WrongOffset(offset, -1));
            }
            offset = Long.parseLong(parts.group(1));
        }
        return uploads.append(id, offset, request.body());
    }

    private static Response progress(int status, String name, String id, long offset) {
        return new Response.Full(
                status,
                Headers.of(
                        "Location", "/v2/" + name + "/blobs/uploads/" + id,
                        "Range", "0-" + Math.max(0, offset - 1),
                        "Docker-Upload-Uuid", id),
                new byte[0]);
    }

    private static Response created(String name, Digest digest) {
        return new Response.Full(
                201,
                Headers.of("Location", "/v2/" + name + "/blobs/" + digest, "Docker-Content-Digest", digest.toString()),
                new byte[0]);
    }
}
