package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.Builder;
import dev.longshore.builder.Built;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/build`.
final class BuildRoutes {

    private static final Logger log = LoggerFactory.getLogger(BuildRoutes.class);

    private final LocalImages local;
    private final Builder builder;
    private final Events events;
    private final Time time;

    BuildRoutes(LocalImages local, Builder builder, Events events, Time time) {
        this.local = local;
        this.builder = builder;
        this.events = events;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/build", (request, name) -> build(request));
        routes.add("POST", "/build/prune", (request, name) -> prune());
        routes.add("POST", "/build/cancel", (request, name) -> Response.text(204, ""));
    }

    private Response build(Request request) throws IOException {
        Query query = request.query();
        if (query.first("version").filter("2"::equals).isPresent()) {
            return DockerEngine.error(400, "BuildKit's protocol is not served here: set DOCKER_BUILDKIT=0");
        }
        if (query.first("remote").filter(remote -> !remote.isEmpty()).isPresent()) {
            return DockerEngine.error(400, "a remote build context is not supported: send it as an archive");
        }
        BuildRequest wanted = read(query);
        Path context;
        try {
            context = builder.receive(request.body());
        } catch (DockerfileException hostile) {
            return DockerEngine.error(400, hostile.getMessage());
        }
        return Messages.answer(time, messages -> {
            try {
                Built built = builder.build(wanted, context, messages::stream);
                messages.aux(Json.object().put("ID", built.id().toString()));
                built.tags().forEach(tag -> events.image("tag", built.id().toString(), tag.familiar()));
            } catch (DockerfileException failed) {
                messages.error(failed.exitCode(), failed.getMessage());
            } catch (ImageFaultException failed) {
                messages.error(1, failed.getMessage());
            } catch (InterruptedException cancelled) {
                log.info("a build was cancelled: its client is gone");
                throw cancelled;
            } finally {
                builder.discard(context);
            }
        });
    }

    private static BuildRequest read(Query query) {
        return new BuildRequest(
                query.first("dockerfile").filter(file -> !file.isEmpty()).orElse("Dockerfile"),
                query.all("t").stream().filter(tag -> !tag.isEmpty()).toList(),
                map(query, "buildargs"),
                map(query, "labels"),
                query.first("target").filter(target -> !target.isEmpty()),
                query.isSet("nocache"),
                query.isSet("pull"),
                query.first("networkmode").filter("host"::equals).isPresent(),
                query.isSet("q"));
    }

    private static Map<String, String> map(Query query, String name) {
        var map = new LinkedHashMap<String, String>();
        Optional<String> text = query.first(name).filter(json -> !json.isEmpty());
        text.ifPresent(json -> Json.parse(json).properties().forEach(entry -> {
            if (!entry.getValue().isNull()) {
                map.put(entry.getKey(), entry.getValue().asString());
            }
        }));
        return map;
    }

    private Response prune() throws IOException {
        int forgotten = builder.forgetCache();
        var freed = local.collector().collect();
        var answer = Json.object();
        answer.putArray("CachesDeleted");
        log.debug("{} build steps forgotten", forgotten);
        return Response.json(200, Json.bytes(answer.put("SpaceReclaimed", freed.bytes())));
    }
}
