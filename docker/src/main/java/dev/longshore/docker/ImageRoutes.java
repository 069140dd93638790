package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.graph.PlatformText;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.ImageStore;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Manifest;
import dev.longshore.images.Platform;
import dev.longshore.images.PlatformRemoval;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/// `/images/…` that need nothing but the store.
final class ImageRoutes {

    private static final Set<String> ALGORITHMS = Set.of("sha256", "sha512");

    private final LocalImages local;
    private final ImageViews views;
    private final Events events;
    private final Time time;

    ImageRoutes(LocalImages local, Events events, Time time) {
        this.local = local;
        this.views = new ImageViews(local);
        this.events = events;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/images/json", (request, name) -> list(request));
        routes.add("POST", "/images/prune", (request, name) -> prune(request));
        routes.add("GET", "/images/{name}/json", this::inspect);
        routes.add("GET", "/images/{name}/history", this::history);
        routes.add("POST", "/images/{name}/tag", this::tag);
        routes.add("DELETE", "/images/{name}", this::remove);
    }

    /// The image that `name` means, for the `platform` that was asked for, if one was.
    static Image image(LocalImages local, String name, Request request) throws IOException {
        Optional<Platform> wanted = platform(request);
        return wanted.isPresent()
                ? local.images().get(name, wanted.get())
                : local.images().get(name);
    }

    /// `platform={"os":"linux","architecture":"arm64"}`, or `platform=linux/arm64`.
    static Optional<Platform> platform(Request request) {
        return request.query().first("platform").filter(text -> !text.isEmpty()).map(ImageRoutes::platform);
    }

    private static Platform platform(String text) {
        return text.startsWith("{") ? platform(Json.parse(text)) : PlatformText.parse(text);
    }

    private Response list(Request request) throws IOException {
        ImageFilter filter = filter(request, ImageFilter.LISTING);
        ApiVersion version = ApiVersion.of(request);
        List<Image> all = local.images().list();
        var sizes = local.images().sizes().shared(all);
        boolean withShared = request.query().isSet("shared-size");
        var array = Json.array();
        for (Image image : all.stream()
                .sorted(Comparator.comparing(
                                (Image image) -> image.config().created().orElse(Instant.EPOCH))
                        .reversed())
                .toList()) {
            Optional<Image> shown = filter.accepts(image) ? filter.narrowed(image) : Optional.empty();
            if (shown.isPresent()) {
                var tree = views.summary(
                        shown.get(),
                        withShared ? OptionalLong.of(sizes.get(image.id()).shared()) : OptionalLong.empty(),
                        OptionalLong.empty(),
                        version);
                if (request.query().isSet("manifests")) {
                    views.addManifests(tree, shown.get(), version);
                }
                array.add(tree);
            }
        }
        return Response.json(200, Json.bytes(array));
    }

    private Response inspect(Request request, String name) throws IOException {
        ApiVersion version = ApiVersion.of(request);
        Image image = image(local, name, request);
        var tree = views.details(image, version);
        if (request.query().isSet("manifests")) {
            views.addManifests(tree, image, version);
        }
        return Response.json(200, Json.bytes(tree));
    }

    private Response history(Request request, String name) throws IOException {
        return Response.json(200, Json.bytes(views.history(image(local, name, request))));
    }

    private Response tag(Request request, String name) throws IOException {
        Image image = local.images().get(name);
        String repository = request.query().first("repo").orElse("");
        String tag =
                request.query().first("tag").filter(text -> !text.isEmpty()).orElse("latest");
        if (ALGORITHMS.contains(repository)) {
            throw new ImageFaultException(new ImageFault.InvalidReference(
                    repository, "refusing to create an ambiguous tag using digest algorithm as name"));
        }
        Reference reference = Reference.parse(repository);
        Reference full = reference.tag().isPresent() ? reference : reference.withTag(tag);
        local.images().tag(full, image.target());
        events.image("tag", image.id().toString(), full.familiar());
        return new Response.Full(201, Headers.EMPTY, new byte[0]);
    }

    private Response remove(Request request, String name) throws IOException {
        Image image = local.images().get(name);
        List<Platform> wanted = platforms(request);
        if (!wanted.isEmpty() && platformsOf(image) > 1) {
            return removePlatforms(image, name, wanted);
        }
        for (Platform platform : wanted) {
            local.images().get(name, platform); // It must be for that one; then it goes whole.
        }
        ImageStore.Removal removal = local.images()
                .remove(name, request.query().isSet("force"), !request.query().isSet("noprune"));
        var array = Json.array();
        tell(image, removal, array);
        if (!removal.deleted().isEmpty()) {
            local.collector().collect();
        }
        return Response.json(200, Json.bytes(array));
    }

    /// `platforms` of a removal, each an object or a list of some.
    private static List<Platform> platforms(Request request) {
        var wanted = new ArrayList<Platform>();
        for (String list : request.query().all("platforms")) {
            if (!list.isEmpty()) {
                JsonNode tree = Json.parse(list);
                (tree.isArray() ? tree : Json.array().add(tree)).forEach(one -> wanted.add(platform(one)));
            }
        }
        return List.copyOf(wanted);
    }

    private long platformsOf(Image image) throws IOException {
        Manifest manifest = Manifest.parse(local.content().read(image.target()), "");
        return manifest instanceof Manifest.Index index
                ? index.manifests().stream()
                        .filter(one -> !one.isAttestation() && local.content().has(one.digest()))
                        .count()
                : 1;
    }

    private static Platform platform(JsonNode tree) {
        return new Platform(
                tree.path("os").asString("linux"),
                tree.path("architecture").asString(""),
                Optional.of(tree.path("variant").asString("")).filter(variant -> !variant.isEmpty()));
    }

    private Response removePlatforms(Image image, String name, List<Platform> platforms) throws IOException {
        var array = Json.array();
        for (Digest manifest : new PlatformRemoval(local).remove(name, platforms)) {
            array.addObject().put("Deleted", manifest.toString());
            events.image("delete", image.id().toString(), image.id().toString());
        }
        local.collector().collect();
        return Response.json(200, Json.bytes(array));
    }

    private void tell(Image image, ImageStore.Removal removal, ArrayNode array) {
        for (String untagged : removal.untagged()) {
            array.addObject().put("Untagged", untagged);
            events.image("untag", image.id().toString(), image.id().toString());
        }
        removal.deleted().forEach(id -> {
            array.addObject().put("Deleted", id.toString());
            events.image("delete", id.toString(), id.toString());
        });
        removal.layers().forEach(layer -> array.addObject().put("Deleted", layer.toString()));
    }

    private Response prune(Request request) throws IOException {
        ImageFilter filter = filter(request, ImageFilter.PRUNING);
        boolean isDanglingOnly = filter.isDangling(true);
        var deleted = Json.array();
        long reclaimed = 0;
        for (Image image : local.images().list()) {
            boolean isUsed = !local.holds().holdersOf(image.id()).isEmpty();
            boolean isWanted = !isDanglingOnly || image.names().isEmpty();
            if (!isUsed && isWanted && filter.without("dangling").accepts(image)) {
                reclaimed += prune(image, deleted);
            }
        }
        local.collector().collect();
        var answer = Json.object();
        if (deleted.isEmpty()) {
            answer.putNull("ImagesDeleted");
        } else {
            answer.set("ImagesDeleted", deleted);
        }
        return Response.json(200, Json.bytes(answer.put("SpaceReclaimed", reclaimed)));
    }

    /// Takes all names away, one after the other, and with the last the image; what somebody comes to use meanwhile
    /// stays. Returns the bytes of the layers that no image has now.
    private long prune(Image image, ArrayNode deleted) throws IOException {
        List<Long> sizes = local.images().sizes().layers(image);
        try {
            ImageStore.Removal removal = local.images().remove(image.id().toString(), true, true);
            tell(image, removal, deleted);
            long bytes = 0;
            for (int i = 0; i < sizes.size(); i++) {
                bytes += removal.layers().contains(image.config().chainIds().get(i)) ? sizes.get(i) : 0;
            }
            return bytes;
        } catch (ImageFaultException used) {
            if (used.fault() instanceof ImageFault.InUse || used.fault() instanceof ImageFault.NoSuchImage) {
                return 0;
            }
            throw used;
        }
    }

    private ImageFilter filter(Request request, Set<String> known) {
        return ImageFilter.parse(request.query().first("filters").orElse(""), known, local.images(), time.now());
    }
}
