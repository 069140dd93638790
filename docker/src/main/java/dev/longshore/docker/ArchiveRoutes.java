package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// `/images/get`, `/images/NAME/get` and `/images/load`.
final class ArchiveRoutes {

    private final LocalImages local;
    private final ImageArchive archive;
    private final Events events;

    ArchiveRoutes(LocalImages local, Events events) {
        this.local = local;
        this.archive = new ImageArchive(local);
        this.events = events;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/images/get", (request, name) -> save(names(request)));
        routes.add("GET", "/images/{name}/get", (request, name) -> save(List.of(name)));
        routes.add("POST", "/images/load", (request, name) -> load(request));
    }

    private static List<String> names(Request request) {
        var names = new ArrayList<String>();
        request.query().all("names").forEach(list -> names.addAll(List.of(list.split(",", -1))));
        return names;
    }

    private Response save(List<String> names) throws IOException {
        var images = new ArrayList<Image>();
        for (String name : names) {
            Image image = local.images().get(name);
            images.add(image.id().hex().startsWith(name.replaceFirst("^sha256:", "")) ? image : onlyNamed(image, name));
        }
        return new Response.Stream(
                200, Headers.of("Content-Type", "application/x-tar"), out -> archive.save(images, out));
    }

    /// Asked for by one name, it is saved under that name only.
    private Image onlyNamed(Image image, String name) {
        Reference asked = local.images().canonical(Reference.parse(name));
        return image.only(image.names().stream().filter(asked::equals).toList());
    }

    private Response load(Request request) throws IOException {
        var answer = new ByteArrayOutputStream();
        for (Image image : archive.load(request.body())) {
            List<String> lines = image.names().isEmpty()
                    ? List.of("Loaded image ID: " + image.id())
                    : image.names().stream()
                            .map(name -> "Loaded image: " + name.familiar())
                            .toList();
            for (String line : lines) {
                answer.writeBytes(Json.bytes(Json.object().put("stream", line + "\n")));
                answer.writeBytes(new byte[] {'\r', '\n'});
            }
            events.image("load", image.id().toString(), image.id().toString());
        }
        return Response.json(200, answer.toByteArray());
    }
}
