package dev.longshore.images.registry;

import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.registry.access.Rights;
import dev.longshore.images.registry.storage.LocalStorage;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// A registry (OCI distribution specification v1.1) over a [RegistryStorage]. A repository `hello` is Docker's
/// `docker.io/library/hello`, a repository `example.com/hello` is that name's. Thread-safe.
public final class RegistryHandler implements Handler {

    private final UploadEndpoint uploads;
    private final ManifestEndpoint manifests;
    private final BlobEndpoint blobs;
    private final Lists lists;
    private final Referrers referrers;
    private final boolean isReadOnly;

    /// Over this machine's images, open to everybody who reaches it.
    public RegistryHandler(LocalImages local) {
        this(new LocalStorage(local), RegistryLimits.NONE);
    }

    /// Over `storage`, within `limits`.
    public RegistryHandler(RegistryStorage storage, RegistryLimits limits) {
        var room = new Room(storage, limits);
        this.uploads = new UploadEndpoint(storage, room);
        this.manifests = new ManifestEndpoint(storage, room);
        this.blobs = new BlobEndpoint(storage);
        this.lists = new Lists(storage);
        this.referrers = new Referrers(storage);
        this.isReadOnly = limits.isReadOnly();
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        Response response;
        try {
            response = answer(request);
        } catch (RefusalException refusal) {
            response = RegistryError.of(refusal);
        } catch (ImageFaultException fault) {
            response = RegistryError.of(fault.fault());
        }
        return stamped(response);
    }

    private Response answer(Request request) throws IOException, InterruptedException {
        var route = RegistryRoute.of(request);
        if (route.isEmpty()) {
            return Response.text(404, "404 page not found\n");
        }
        boolean changes = !request.method().equals("GET") && !request.method().equals("HEAD");
        if (isReadOnly && changes) {
            throw new RefusalException(ErrorCode.UNSUPPORTED, "this registry is in read-only mode");
        }
        return route(request, route.get(), Rights.ALL);
    }

    private Response route(Request request, RegistryRoute route, Rights rights)
            throws IOException, InterruptedException {
        return switch (route) {
            case RegistryRoute.Base() -> Response.json(200, "{}".getBytes(StandardCharsets.UTF_8));
            case RegistryRoute.Catalog() -> lists.catalog(request, rights);
            case RegistryRoute.Tags tags -> lists.tags(request, tags.name());
            case RegistryRoute.OneManifest manifest -> manifests.handle(request, manifest);
            case RegistryRoute.Referrers subject -> referrers.list(request, subject);
            case RegistryRoute.Blob blob -> blobs.handle(request, blob);
            case RegistryRoute.Uploads into -> uploads.begin(request, into.name(), rights);
            case RegistryRoute.Upload upload -> uploads.handle(request, upload);
        };
    }

    /// Every answer says which protocol this is.
    private static Response stamped(Response response) {
        Headers headers = response.headers()
                .with("Docker-Distribution-Api-Version", "registry/2.0")
                .with("X-Content-Type-Options", "nosniff");
        return switch (response) {
            case Response.Full full -> new Response.Full(full.status(), headers, full.body());
            case Response.Stream stream -> new Response.Stream(stream.status(), headers, stream.body());
            default -> throw new IllegalStateException("a registry upgrades nothing");
        };
    }
}
