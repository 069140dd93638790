package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.ImageStore;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `/images/…` that need nothing but the store.
final class ImageRoutes {

    private static final Instant NEVER = Instant.EPOCH;

    private final LocalImages local;
    private final Events events;
    private final Time time;

    ImageRoutes(LocalImages local, Events events, Time time) {
        this.local = local;
        this.events = events;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/images/json", (request, name) -> list(request));
        routes.add("POST", "/images/prune", (request, name) -> prune(request));
        routes.add(
                "GET",
                "/images/search",
                (request, name) -> DockerEngine.error(501, "searching a registry is not supported"));
        routes.add("GET", "/images/{name}/json", (request, name) -> inspect(name));
        routes.add("GET", "/images/{name}/history", (request, name) -> history(name));
        routes.add("POST", "/images/{name}/tag", this::tag);
        routes.add("DELETE", "/images/{name}", this::remove);
    }

    static ObjectNode summary(Image image) {
        ObjectNode tree = Json.object()
                .put("Id", image.id().toString())
                .put("ParentId", "")
                .put("Created", image.config().created().orElse(NEVER).getEpochSecond())
                .put("Size", image.size())
                .put("SharedSize", -1)
                .put("Containers", -1);
        names(tree, image);
        var labels = tree.putObject("Labels");
        image.config().run().labels().forEach(labels::put);
        return tree;
    }

    private static void names(ObjectNode tree, Image image) {
        var tags = tree.putArray("RepoTags");
        image.names().forEach(name -> tags.add(name.familiar()));
        var digests = tree.putArray("RepoDigests");
        image.repositories()
                .forEach(repository ->
                        digests.add(Reference.parse(repository).familiarRepository() + "@" + image.target()));
    }

    private Response list(Request request) throws IOException {
        ImageFilter filter = ImageFilter.parse(request.query().first("filters").orElse(""), local.images());
        var array = Json.array();
        for (Image image : local.images().list().stream()
                .sorted((a, b) -> b.config()
                        .created()
                        .orElse(NEVER)
                        .compareTo(a.config().created().orElse(NEVER)))
                .toList()) {
            if (filter.accepts(image)) {
                array.add(summary(filter.narrowed(image)));
            }
        }
        return Response.json(200, Json.bytes(array));
    }

    private Response inspect(String name) throws IOException {
        Image image = local.images().get(name);
        ImageConfig config = image.config();
        ObjectNode tree = Json.object().put("Id", image.id().toString());
        names(tree, image);
        tree.put("Parent", "")
                .put("Comment", "")
                .put("Created", config.created().orElse(NEVER).toString())
                .put("DockerVersion", "")
                .put("Author", config.author())
                .put("Architecture", config.platform().architecture())
                .put("Os", config.platform().os())
                .put("Size", image.size());
        config.platform().variant().ifPresent(variant -> tree.put("Variant", variant));
        ObjectNode run = config.run().json();
        for (String list : List.of("Env", "Cmd", "Entrypoint", "OnBuild")) {
            if (!run.has(list)) {
                run.putNull(list);
            }
        }
        for (String text : List.of("User", "WorkingDir", "Image", "Hostname", "Domainname")) {
            if (!run.has(text)) {
                run.put(text, "");
            }
        }
        if (!run.has("Labels")) {
            run.putNull("Labels");
        }
        tree.set("Config", run);
        ObjectNode driver = tree.putObject("GraphDriver").put("Name", "overlay2");
        driver.putObject("Data");
        var layers = tree.putObject("RootFS").put("Type", "layers").putArray("Layers");
        config.diffIds().forEach(id -> layers.add(id.toString()));
        tree.putObject("Metadata").put("LastTagTime", "0001-01-01T00:00:00Z");
        return Response.json(200, Json.bytes(tree));
    }

    private Response history(String name) throws IOException {
        Image image = local.images().get(name);
        var rows = new ArrayList<ObjectNode>();
        int layer = 0;
        for (ImageConfig.History step : image.config().history()) {
            boolean hasLayer =
                    !step.emptyLayer() && layer < image.manifest().layers().size();
            long size = hasLayer ? image.manifest().layers().get(layer++).size() : 0;
            ObjectNode row = Json.object()
                    .put("Id", "<missing>")
                    .put("Created", step.created().orElse(NEVER).getEpochSecond())
                    .put("CreatedBy", step.createdBy())
                    .put("Size", size)
                    .put("Comment", step.comment());
            row.putNull("Tags");
            rows.addFirst(row);
        }
        if (!rows.isEmpty()) {
            rows.getFirst().put("Id", image.id().toString());
            var tags = rows.getFirst().putArray("Tags");
            image.names().forEach(tag -> tags.add(tag.familiar()));
        }
        var array = Json.array();
        rows.forEach(array::add);
        return Response.json(200, Json.bytes(array));
    }

    private Response tag(Request request, String name) throws IOException {
        Image image = local.images().get(name);
        String repository = request.query().first("repo").orElse("");
        String tag =
                request.query().first("tag").filter(text -> !text.isEmpty()).orElse("latest");
        Reference reference = Reference.parse(repository);
        Reference full = reference.tag().isPresent() ? reference : reference.withTag(tag);
        local.images().tag(full, image.target());
        events.image("tag", image.id().toString(), full.familiar());
        return new Response.Full(201, Headers.EMPTY, new byte[0]);
    }

    private Response remove(Request request, String name) throws IOException {
        Image image = local.images().get(name);
        ImageStore.Removal removal = local.images().remove(name, request.query().isSet("force"));
        var array = Json.array();
        for (String untagged : removal.untagged()) {
            array.addObject().put("Untagged", untagged);
            events.image("untag", image.id().toString(), untagged);
        }
        removal.deleted().forEach(id -> {
            array.addObject().put("Deleted", id.toString());
            events.image("delete", id.toString(), name);
        });
        if (!removal.deleted().isEmpty()) {
            local.collector().collect();
        }
        return Response.json(200, Json.bytes(array));
    }

    private Response prune(Request request) throws IOException {
        ImageFilter filter = ImageFilter.parse(request.query().first("filters").orElse(""), local.images());
        var answer = Json.object();
        var deleted = answer.putArray("ImagesDeleted");
        for (Image image : local.images().list()) {
            boolean isWanted = filter.all() || image.names().isEmpty();
            boolean isUsed = local.holds().holderOf(image.id()).isPresent();
            if (isWanted && !isUsed && filter.isOldEnough(image, time.now())) {
                ImageStore.Removal removal = local.images().remove(image.id().toString(), true);
                removal.untagged().forEach(tag -> deleted.addObject().put("Untagged", tag));
                removal.deleted().forEach(id -> deleted.addObject().put("Deleted", id.toString()));
            }
        }
        return Response.json(
                200,
                Json.bytes(
                        answer.put("SpaceReclaimed", local.collector().collect().bytes())));
    }
}
