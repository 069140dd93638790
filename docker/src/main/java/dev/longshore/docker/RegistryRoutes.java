package dev.longshore.docker;

import dev.longshore.base.Digest;
import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Image;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Platform;
import dev.longshore.images.Reference;
import dev.longshore.images.distribution.Credentials;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.images.distribution.Progress;
import dev.longshore.images.distribution.PushChoice;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What needs a registry: pull, push, login; and import, which shares its path with pull.
final class RegistryRoutes {

    private final LocalImages local;
    private final DistributionClient registries;
    private final Events events;
    private final ImportRoute imports;
    private final Time time;

    RegistryRoutes(LocalImages local, DistributionClient registries, Events events) {
        this.local = local;
        this.registries = registries;
        this.events = events;
        this.imports = new ImportRoute(local, events);
        this.time = local.time();
    }

    void addTo(Routes routes) {
        routes.add("POST", "/images/create", (request, name) -> pull(request));
        routes.add("POST", "/images/{name}/push", this::push);
        routes.add("POST", "/auth", (request, name) -> login(request));
        routes.add("GET", "/distribution/{name}/json", this::describe);
    }

    private Response pull(Request request) throws IOException, InterruptedException {
        Optional<String> from = request.query().first("fromImage").filter(image -> !image.isEmpty());
        if (from.isEmpty()) {
            return imports.answer(request);
        }
        String tag = request.query().first("tag").orElse("");
        Reference reference = Reference.parse(
                tag.isEmpty() ? from.get() : from.get() + (tag.startsWith("sha256:") ? "@" : ":") + tag);
        Credentials credentials = credentials(request);
        Platform platform =
                ImageRoutes.platform(request).orElseGet(() -> local.images().platform());
        return Messages.answer(time, messages -> {
            List<Reference> wanted = List.of(reference);
            if (isRepository(reference)) {
                wanted = registries.tags(reference, credentials).stream()
                        .map(reference::withTag)
                        .toList();
            }
            boolean isNew = false;
            for (Reference each : wanted) {
                isNew |= pull(each, platform, credentials, messages);
            }
            messages.status(
                    "",
                    "Status: " + (isNew ? "Downloaded newer image for " : "Image is up to date for ")
                            + reference.familiar());
        });
    }

    /// Without tag and digest, all tags are meant: Docker's client says `latest` itself.
    private static boolean isRepository(Reference reference) {
        return reference.tag().isEmpty() && reference.digest().isEmpty();
    }

    /// True if it was not here before as it is now.
    private boolean pull(Reference reference, Platform platform, Credentials credentials, Messages messages)
            throws IOException, InterruptedException {
        Optional<Digest> before = local.images().target(local.images().canonical(reference));
        boolean wasHere = local.images().find(reference.toString()).isPresent();
        Image image = registries.pull(reference, platform, credentials, told(messages));
        events.image("pull", image.id().toString(), reference.familiar());
        return !wasHere || reference.digest().isEmpty() && !before.equals(Optional.of(image.target()));
    }

    private Response push(Request request, String name) throws IOException, InterruptedException {
        Optional<String> tag = request.query().first("tag").filter(text -> !text.isEmpty());
        Reference named = Reference.parse(name);
        Reference asked = tag.isPresent() ? named.withTag(tag.get()) : named;
        Reference repository = local.images().canonical(named);
        List<Reference> wanted = isRepository(asked)
                ? local.images().tags(repository.repository()).stream()
                        .map(named::withTag)
                        .toList()
                : List.of(asked);
        if (wanted.isEmpty()) {
            throw EngineException.notFound("An image does not exist locally with the tag: " + named.familiar());
        }
        for (Reference each : wanted) {
            local.images().get(each.toString());
        }
        Optional<Platform> platform = ImageRoutes.platform(request);
        Credentials credentials = credentials(request);
        return Messages.answer(time, messages -> {
            messages.status("", "The push refers to repository [" + named.repository() + "]");
            for (Reference each : wanted) {
                push(each, platform, credentials, messages);
            }
        });
    }

    private void push(Reference reference, Optional<Platform> platform, Credentials credentials, Messages messages)
            throws IOException, InterruptedException {
        Image image = local.images().get(reference.toString());
        PushChoice choice = PushChoice.of(local, image, platform);
        var pushed = registries.push(reference, choice.target(), credentials, told(messages));
        if (choice.isInstead()) {
            ObjectNode note = Json.object().put("manifestPushedInsteadOfIndex", true);
            note.set("originalIndex", choice.whole().json());
            note.set("selectedManifest", pushed.json());
            messages.aux(note);
        }
        messages.aux(Json.object()
                .put("Tag", reference.tag().orElse(""))
                .put("Digest", pushed.digest().toString())
                .put("Size", pushed.size()));
        events.image("push", image.id().toString(), reference.familiar());
    }

    private Response login(Request request) throws IOException, InterruptedException {
        JsonNode tree = Json.parse(request.body().readNBytes(1 << 20));
        String server = tree.path("serveraddress")
                .asString("")
                .replaceFirst("^https?://", "")
                .replaceFirst("/.*$", "");
        boolean isHub = server.equals("index.docker.io");
        registries.check(isHub ? "" : server, read(tree));
        return Response.json(
                200, Json.bytes(Json.object().put("Status", "Login Succeeded").put("IdentityToken", "")));
    }

    private Response describe(Request request, String name) throws IOException {
        Image image = local.images().get(name);
        var tree = Json.object();
        tree.putObject("Descriptor")
                .put("mediaType", image.manifest().mediaType())
                .put("digest", image.target().toString())
                .put("size", local.content().size(image.target()));
        tree.putArray("Platforms")
                .addObject()
                .put("architecture", image.config().platform().architecture())
                .put("os", image.config().platform().os());
        return Response.json(200, Json.bytes(tree));
    }

    static Progress told(Messages messages) {
        return (id, status, done, total) -> {
            if (total > 0) {
                messages.progress(id, status, done, total);
            } else {
                messages.status(id, status);
            }
        };
    }

    private static Credentials credentials(Request request) {
        Optional<String> header = request.headers().first("X-Registry-Auth").filter(text -> !text.isBlank());
        if (header.isEmpty()) {
            return Credentials.NONE;
        }
        try {
            return read(Json.parse(Base64.getUrlDecoder().decode(header.get().strip())));
        } catch (IllegalArgumentException wrong) {
            throw new Json.MalformedException("X-Registry-Auth is not base64url", wrong);
        }
    }

    static Credentials read(JsonNode tree) {
        return new Credentials(
                tree.path("username").asString(""),
                tree.path("password").asString(""),
                tree.path("identitytoken").asString(""));
    }
}
