package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.FileSystemImages;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.RunConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.util.List;

/// `POST /images/create?fromSrc=`: an archive, in the body or at an address, becomes an image of one layer.
final class ImportRoute {

    private static final int CONNECT_MILLIS = 30_000;
    private static final int SILENCE_MILLIS = 60_000;

    private final LocalImages local;
    private final FileSystemImages images;
    private final Events events;

    ImportRoute(LocalImages local, Events events) {
        this.local = local;
        this.images = new FileSystemImages(local);
        this.events = events;
    }

    Response answer(Request request) throws IOException, InterruptedException {
        String source = request.query().first("fromSrc").orElse("");
        RunConfig run = ConfigChanges.apply(
                RunConfig.EMPTY,
                request.query().all("changes").stream()
                        .filter(c -> !c.isBlank())
                        .toList());
        List<Reference> names = names(request);
        Platform platform = ImageRoutes.platform(request).orElse(local.images().platform());
        String message =
                request.query().first("message").filter(text -> !text.isEmpty()).orElse("Imported from " + source);
        var wish = new FileSystemImages.Wish(run, "", message, "", names);
        return Messages.answer(local.time(), messages -> {
            try (InputStream in = open(source, request, messages)) {
                Image image = images.imported(in, platform, wish);
                messages.status("", image.id().toString());
                String name = names.isEmpty()
                        ? image.id().toString()
                        : names.getFirst().familiar();
                events.image("import", image.id().toString(), name);
            }
        });
    }

    private static List<Reference> names(Request request) {
        String repository = request.query().first("repo").orElse("");
        String tag = request.query().first("tag").orElse("");
        if (repository.isEmpty()) {
            return List.of();
        }
        Reference name = Reference.parse(repository);
        if (name.digest().isPresent()) {
            throw new Json.MalformedException("cannot import digest reference", null);
        }
        return List.of(tag.isEmpty() ? name.withDefaultTag() : name.withTag(tag));
    }

    private static InputStream open(String source, Request request, Messages messages) throws IOException {
        if (source.equals("-")) {
            return request.body();
        }
        URI address = address(source);
        messages.status("", "Downloading from " + address);
        URLConnection connection = address.toURL().openConnection();
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(SILENCE_MILLIS);
        return connection.getInputStream();
    }

    private static URI address(String source) throws IOException {
        try {
            var given = new URI(source.contains("://") ? source : "http://" + source);
            if (!List.of("http", "https").contains(given.getScheme())) {
                throw new IOException("unsupported scheme: " + given.getScheme());
            }
            return given;
        } catch (URISyntaxException wrong) {
            throw new IOException("invalid address: " + source, wrong);
        }
    }
}
