package dev.longshore.docker;

import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.ImageArchive;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        routes.add("GET", "/images/get", (request, name) -> save(names(request), request));
        routes.add("GET", "/images/{name}/get", (request, name) -> save(List.of(name), request));
        routes.add("POST", "/images/load", (request, name) -> load(request));
    }

    private static List<String> names(Request request) {
        var names = new ArrayList<String>();
        request.query().all("names").forEach(list -> names.addAll(List.of(list.split(",", -1))));
        return names;
    }

    private Response save(List<String> names, Request request) throws IOException {
        var images = new ArrayList<Image>();
        for (String name : names) {
            images.addAll(wanted(name, request));
        }
        if (images.isEmpty()) {
            return DockerEngine.error(400, "no images to save");
        }
        boolean isOnePlatform = ImageRoutes.platform(request).isPresent();
        images.forEach(
                image -> events.image("save", image.id().toString(), image.id().toString()));
        return new Response.Stream(
                200, Headers.of("Content-Type", "application/x-tar"), out -> archive.save(images, isOnePlatform, out));
    }

    /// Asked for by an id, it is saved without a name; by one name, under that name only; by a repository, under
    /// all names there.
    private List<Image> wanted(String name, Request request) throws IOException {
        List<Image> all = ofRepository(name);
        if (!all.isEmpty()) {
            return all;
        }
        Image image = ImageRoutes.image(local, name, request);
        boolean isId =
                image.id().toString().startsWith(name) || image.id().hex().startsWith(name);
        if (isId) {
            return List.of(image.only(List.of()));
        }
        Reference asked = local.images().canonical(Reference.parse(name));
        return List.of(image.only(image.names().stream().filter(asked::equals).toList()));
    }

    private List<Image> ofRepository(String name) throws IOException {
        try {
            Reference asked = Reference.parse(name);
            if (asked.tag().isPresent() || asked.digest().isPresent()) {
                return List.of();
            }
            String repository = local.images().canonical(asked).repository();
            return local.images().list().stream()
                    .map(image -> image.only(image.names().stream()
                            .filter(own -> own.repository().equals(repository))
                            .toList()))
                    .filter(image -> !image.names().isEmpty())
                    .toList();
        } catch (ImageFaultException noName) {
            return List.of();
        }
    }

    private Response load(Request request) throws IOException, InterruptedException {
        Optional<Platform> wanted = ImageRoutes.platform(request);
        return Messages.answer(local.time(), messages -> {
            for (Image image : archive.load(request.body(), wanted)) {
                if (image.names().isEmpty()) {
                    messages.stream("Loaded image ID: " + image.id() + "\n");
                }
                image.names().forEach(name -> messages.stream("Loaded image: " + name.familiar() + "\n"));
                events.image("load", image.id().toString(), image.id().toString());
            }
        });
    }
}
