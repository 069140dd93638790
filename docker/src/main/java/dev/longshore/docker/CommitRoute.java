package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.FileSystemImages;
import dev.longshore.images.Freeze;
import dev.longshore.images.Image;
import dev.longshore.images.ImageConfig;
import dev.longshore.images.LocalImages;
import dev.longshore.images.Reference;
import dev.longshore.images.RunConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// `/commit`: what a container has changed, as a further layer of its image.
final class CommitRoute {

    private static final Logger log = LoggerFactory.getLogger(CommitRoute.class);

    private final Engine engine;
    private final LocalImages local;

    CommitRoute(Engine engine, LocalImages local) {
        this.engine = engine;
        this.local = local;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/commit", (request, name) -> commit(request));
    }

    private Response commit(Request request) throws IOException, InterruptedException {
        Query query = request.query();
        EngineContainer container =
                engine.containers().get(query.first("container").orElse(""));
        if (container.state().status() == RunState.Status.REMOVING) {
            throw EngineException.conflict("You cannot commit container " + container.id() + " which is being removed");
        }
        RunConfig run = ConfigChanges.apply(
                merged(container, Bodies.object(request)),
                query.all("changes").stream()
                        .filter(change -> !change.isBlank())
                        .toList());
        List<Reference> names = names(query);
        var wish = new FileSystemImages.Wish(
                run,
                query.first("author").orElse(""),
                query.first("comment").orElse(""),
                String.join(" ", container.config().command()),
                names);
        Image base = local.images()
                .byId(container.image())
                .orElseThrow(() -> EngineException.notFound("No such image: " + container.image()));
        boolean pauses = query.first("pause").isEmpty() || query.isSet("pause");
        Image image = new FileSystemImages(local)
                .commit(base, container.upper(), wish, pauses ? still(container) : Freeze.NONE);
        engine.events().tell(container, "commit", Map.of("imageID", image.id().toString(), "comment", wish.comment()));
        return Response.json(201, Json.bytes(Json.object().put("Id", image.id().toString())));
    }

    private static List<Reference> names(Query query) {
        String repository = query.first("repo").orElse("");
        String tag = query.first("tag").orElse("");
        if (repository.isEmpty()) {
            return List.of();
        }
        Reference name = Reference.parse(repository);
        return List.of(tag.isEmpty() ? name.withDefaultTag() : name.withTag(tag));
    }

    /// How the new image is run: as the container is, but for what the client says.
    private static RunConfig merged(EngineContainer container, ObjectNode said) {
        ObjectNode config = container.config().config().deepCopy();
        said.properties().forEach(entry -> {
            boolean isSaid =
                    entry.getValue().isString() && !entry.getValue().asString().isEmpty()
                            || (entry.getValue().isArray() || entry.getValue().isObject())
                                    && !entry.getValue().isEmpty();
            if (isSaid) {
                config.set(entry.getKey(), entry.getValue());
            }
        });
        ObjectNode whole = Json.object().put("architecture", "amd64").put("os", "linux");
        whole.set("config", config);
        whole.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        return ImageConfig.parse(Json.bytes(whole)).run();
    }

    private Freeze still(EngineContainer container) {
        return new Freeze() {
            private boolean isFrozen;

            @Override
            public void freeze() throws InterruptedException {
                if (container.state().status() == RunState.Status.RUNNING) {
                    engine.runs().pause(container);
                    isFrozen = true;
                }
            }

            @Override
            public void thaw() {
                if (!isFrozen) {
                    return;
                }
                try {
                    engine.runs().unpause(container);
                } catch (InterruptedException stopped) {
                    Thread.currentThread().interrupt();
                } catch (EngineException ended) {
                    log.debug("container {} has ended meanwhile", container.name());
                }
            }
        };
    }
}
