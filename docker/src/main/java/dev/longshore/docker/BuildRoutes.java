package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.Builder;
import dev.longshore.builder.Built;
import dev.longshore.builder.Context;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.progress.BuildListener;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import java.io.IOException;
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
        routes.add("POST", "/build/cancel", (request, name) -> Response.text(204, ""));
    }

    private Response build(Request request) throws IOException {
        Query query = request.query();
        if (query.first("version").filter("2"::equals).isPresent()) {
            return DockerEngine.error(400, "BuildKit's protocol is not served here: set DOCKER_BUILDKIT=0");
        }
        BuildRequest wanted;
        try {
            wanted = BuildQuery.read(query);
        } catch (BuildQuery.BadBuildQueryException wrong) {
            return DockerEngine.error(400, wrong.getMessage());
        }
        Optional<String> remote = query.first("remote").filter(address -> !address.isEmpty());
        if (remote.isPresent()) {
            return Messages.answer(time, messages -> build(query, wanted, () -> builder.fetch(remote.get()), messages));
        }
        Context context;
        try {
            context = builder.receive(request.body());
        } catch (DockerfileException hostile) {
            return DockerEngine.error(400, hostile.getMessage());
        }
        return Messages.answer(time, messages -> build(query, wanted, () -> context, messages));
    }

    /// Brings a context here.
    @FunctionalInterface
    private interface Bringing {
        Context bring() throws IOException, InterruptedException;
    }

    private void build(Query query, BuildRequest wanted, Bringing bringing, Messages messages)
            throws IOException, InterruptedException {
        try {
            Context context = bringing.bring();
            try {
                build(query, context.applied(wanted), context, messages);
            } finally {
                builder.discard(context);
            }
        } catch (DockerfileException failed) {
            messages.error(failed.exitCode(), failed.getMessage());
        } catch (ImageFaultException failed) {
            messages.error(1, failed.getMessage());
        } catch (InterruptedException cancelled) {
            log.info("a build was cancelled: its client is gone");
            throw cancelled;
        }
    }

    private void build(Query query, BuildRequest wanted, Context context, Messages messages)
            throws IOException, InterruptedException {
        boolean isQuiet = query.isSet("q");
        BuildListener listener = isQuiet ? event -> {} : new ClassicOutput(messages::stream);
        Built built = builder.build(wanted, context.directory(), listener);
        if (isQuiet) {
            messages.stream(built.id() + "\n");
        }
        messages.aux(Json.object().put("ID", built.id().toString()));
        built.tags().forEach(tag -> events.image("tag", built.id().toString(), tag.familiar()));
    }
}
