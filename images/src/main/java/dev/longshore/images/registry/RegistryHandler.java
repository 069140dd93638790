package dev.longshore.images.registry;

import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.registry.access.Access;
import dev.longshore.images.registry.access.Action;
import dev.longshore.images.registry.access.Need;
import dev.longshore.images.registry.storage.LocalStorage;
import dev.longshore.images.registry.storage.RegistryStorage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.MissingNode;

/// A registry (OCI distribution specification v1.1) over a [RegistryStorage]. A repository `hello` is Docker's
/// `docker.io/library/hello`, a repository `example.com/hello` is that name's. Thread-safe.
public final class RegistryHandler implements Handler {

    private static final Map<String, String> WORDS = words();

    private final UploadEndpoint uploads;
    private final ManifestEndpoint manifests;
    private final BlobEndpoint blobs;
    private final Lists lists;
    private final Referrers referrers;
    private final Access access;
    private final boolean isReadOnly;
    private final Metrics metrics;
    private final Time time;

    /// Over this machine's images, open to everybody who reaches it.
    public RegistryHandler(LocalImages local) {
        this(new LocalStorage(local), RegistryLimits.NONE, Access.OPEN, new Metrics(), local.time());
    }

    /// Over `storage`, within `limits`, for those whom `access` lets in; counts into `metrics`.
    public RegistryHandler(RegistryStorage storage, RegistryLimits limits, Access access, Metrics metrics, Time time) {
        var room = new Room(storage, limits);
        this.uploads = new UploadEndpoint(storage, room);
        this.manifests = new ManifestEndpoint(storage, room);
        this.blobs = new BlobEndpoint(storage);
        this.lists = new Lists(storage);
        this.referrers = new Referrers(storage);
        this.access = access;
        this.metrics = metrics;
        this.time = time;
        this.isReadOnly = limits.isReadOnly();
    }

    private RegistryHandler(RegistryHandler same, Access access) {
        this.uploads = same.uploads;
        this.manifests = same.manifests;
        this.blobs = same.blobs;
        this.lists = same.lists;
        this.referrers = same.referrers;
        this.metrics = same.metrics;
        this.time = same.time;
        this.isReadOnly = same.isReadOnly;
        this.access = access;
    }

    /// The same registry, under the same quotas, for those whom `other` lets in.
    public RegistryHandler with(Access other) {
        return new RegistryHandler(this, other);
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        long begun = time.nanoTime();
        Response response;
        try {
            response = answer(request);
        } catch (RefusalException refusal) {
            response = RegistryError.of(refusal);
        } catch (ImageFaultException fault) {
            response = RegistryError.of(fault.fault());
        }
        metrics.request(word(request.path()), request.method(), response.status(), time.nanoTime() - begun);
        return stamped(response);
    }

    /// As the distribution project's registry calls them; the first that a path contains counts.
    private static Map<String, String> words() {
        var words = new LinkedHashMap<String, String>();
        words.put("/blobs/uploads/", "blob_upload_chunk");
        words.put("/blobs/", "blob");
        words.put("/manifests/", "manifest");
        words.put("/tags/", "tags");
        words.put("/referrers/", "referrers");
        words.put("/_catalog", "catalog");
        return words;
    }

    /// What the request is about, in one of few words.
    private static String word(String path) {
        if (path.equals("/v2/") || path.equals("/v2")) {
            return "base";
        }
        if (path.endsWith("/blobs/uploads/") || path.endsWith("/blobs/uploads")) {
            return "blob_upload";
        }
        for (Map.Entry<String, String> word : WORDS.entrySet()) {
            if (path.contains(word.getKey())) {
                return word.getValue();
            }
        }
        return "other";
    }

    private Response answer(Request request) throws IOException, InterruptedException {
        boolean isRoot = request.path().equals("/");
        if (isRoot && (request.method().equals("GET") || request.method().equals("HEAD"))) {
            // Load balancers ask here whether anybody is there.
            return new Response.Full(200, Headers.of("Cache-Control", "no-cache"), new byte[0]);
        }
        var route = RegistryRoute.of(request);
        if (route.isEmpty()) {
            return Response.text(404, "404 page not found\n");
        }
        boolean changes = !request.method().equals("GET") && !request.method().equals("HEAD");
        if (isReadOnly && changes) {
            throw new RefusalException(ErrorCode.UNSUPPORTED, "this registry is in read-only mode");
        }
        return switch (decide(request, route.get())) {
            case Access.Decision.Granted granted -> route(request, route.get(), granted);
            case Access.Decision.Challenged(String challenge, List<Need> missing) ->
                throw new RefusalException(
                        ErrorCode.UNAUTHORIZED, Needs.json(missing), Headers.of("WWW-Authenticate", challenge));
            case Access.Decision.Denied(List<Need> missing) ->
                throw new RefusalException(ErrorCode.DENIED, Needs.json(missing), Headers.EMPTY);
            case Access.Decision.Busy() ->
                throw new RefusalException(
                        ErrorCode.TOOMANYREQUESTS, MissingNode.getInstance(), Headers.of("Retry-After", "10"));
        };
    }

    /// Who wants a blob mounted may show a token that is not for its source, or none, since clients learn from
    /// challenges what to ask for: then both are named. Who has no right to the source is let through, and gets no
    /// mount.
    private Access.Decision decide(Request request, RegistryRoute route) throws InterruptedException {
        List<Need> needs = Needs.of(request, route);
        Access.Decision decision = access.decide(request, needs);
        Optional<Need> source = Needs.mountSource(request, route);
        if (source.isEmpty()) {
            return decision;
        }
        String name = source.get().name();
        boolean isWorthAsking =
                switch (decision) {
                    case Access.Decision.Granted granted ->
                        !granted.rights().may(name, Action.PULL)
                                && granted.own().may(name, Action.PULL);
                    case Access.Decision.Challenged challenged ->
                        request.headers().first("Authorization").isEmpty();
                    case Access.Decision.Denied denied -> false;
                    case Access.Decision.Busy busy -> false;
                };
        if (!isWorthAsking) {
            return decision;
        }
        var both = new ArrayList<>(needs);
        both.add(source.get());
        return access.decide(request, both);
    }

    private Response route(Request request, RegistryRoute route, Access.Decision.Granted granted)
            throws IOException, InterruptedException {
        return switch (route) {
            case RegistryRoute.Base() -> Response.json(200, "{}".getBytes(StandardCharsets.UTF_8));
            case RegistryRoute.Catalog() -> lists.catalog(request, granted.own());
            case RegistryRoute.Tags tags -> lists.tags(request, tags.name());
            case RegistryRoute.OneManifest manifest -> manifests.handle(request, manifest, granted.rights());
            case RegistryRoute.Referrers subject -> referrers.list(request, subject);
            case RegistryRoute.Blob blob -> blobs.handle(request, blob);
            case RegistryRoute.Uploads into -> uploads.begin(request, into.name(), granted.rights());
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
