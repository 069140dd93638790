package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.Builder;
import dev.longshore.builder.Built;
import dev.longshore.builder.cache.BuildCache;
import dev.longshore.builder.cache.PruneWish;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.progress.BuildListener;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.builder.stage.RunWishes;
import dev.longshore.builder.stage.Wishes;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import dev.longshore.runtime.StepSandbox;
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

    private final Builder builder;
    private final Events events;
    private final Time time;

    BuildRoutes(Builder builder, Events events, Time time) {
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
                boolean isQuiet = query.isSet("q");
                BuildListener listener = isQuiet ? event -> {} : new ClassicOutput(messages::stream);
                Built built = builder.build(wanted, context, listener);
                if (isQuiet) {
                    messages.stream(built.id() + "\n");
                }
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
        boolean hostNetwork = query.first("networkmode").filter("host"::equals).isPresent();
        Wishes wishes = Wishes.NONE
                .withArguments(map(query, "buildargs"))
                .withLabels(map(query, "labels"))
                .withTarget(query.first("target").orElse(""))
                .withPull(query.isSet("pull"))
                .withNoCache(query.isSet("nocache") ? Wishes.NoCache.ALWAYS : Wishes.NoCache.NEVER)
                .withRun(RunWishes.USUAL.withNetwork(hostNetwork ? StepSandbox.Network.HOST : StepSandbox.Network.OWN));
        return new BuildRequest(
                query.first("dockerfile").filter(file -> !file.isEmpty()).orElse("Dockerfile"),
                query.all("t").stream().filter(tag -> !tag.isEmpty()).toList(),
                wishes);
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
        BuildCache.Pruned pruned = builder.prune(PruneWish.EVERYTHING);
        var answer = Json.object();
        pruned.ids().forEach(answer.putArray("CachesDeleted")::add);
        return Response.json(200, Json.bytes(answer.put("SpaceReclaimed", pruned.bytes())));
    }
}
