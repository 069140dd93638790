package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `/system/df`: what lies on disk for whom. Images count the bytes of their layers' files, each layer once in the
/// sum.
final class DiskUseRoutes {

    private final LocalImages local;
    private final ImageViews views;
    private final Source containers;
    private final Source volumes;
    private final Source buildCache;

    /// Lists what else there is, as the API shows it here.
    @FunctionalInterface
    interface Source {
        /// Nothing.
        Source NONE = Json::array;

        ArrayNode list() throws IOException;
    }

    DiskUseRoutes(LocalImages local, Source containers, Source volumes, Source buildCache) {
        this.local = local;
        this.views = new ImageViews(local);
        this.containers = containers;
        this.volumes = volumes;
        this.buildCache = buildCache;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/system/df", (request, name) -> diskUse(request));
    }

    private Response diskUse(Request request) throws IOException {
        List<String> types = request.query().all("type");
        ObjectNode tree = Json.object();
        if (isAsked("image", types)) {
            List<Image> images = local.images().list();
            tree.put("LayersSize", local.images().sizes().total(images));
            tree.set("Images", images(images, ApiVersion.of(request)));
        } else {
            tree.put("LayersSize", 0).putNull("Images");
        }
        put(tree, "Containers", isAsked("container", types), containers);
        put(tree, "Volumes", isAsked("volume", types), volumes);
        put(tree, "BuildCache", isAsked("build-cache", types), buildCache);
        return Response.json(200, Json.bytes(tree));
    }

    private ArrayNode images(List<Image> images, ApiVersion version) throws IOException {
        var array = Json.array();
        var sizes = local.images().sizes().shared(images);
        for (Image image : images) {
            array.add(views.summary(
                    image,
                    OptionalLong.of(sizes.get(image.id()).shared()),
                    OptionalLong.of(local.holds().holdersOf(image.id()).size()),
                    version));
        }
        return array;
    }

    private static void put(ObjectNode tree, String field, boolean isAsked, Source source) throws IOException {
        if (isAsked) {
            tree.set(field, source.list());
        } else {
            tree.putNull(field);
        }
    }

    private static boolean isAsked(String type, List<String> types) {
        return types.isEmpty() || types.contains(type);
    }
}
