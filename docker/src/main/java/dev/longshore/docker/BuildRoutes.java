package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.BuildRequest;
import dev.longshore.builder.Builder;
import dev.longshore.builder.Built;
import dev.longshore.builder.Context;
import dev.longshore.builder.Results;
import dev.longshore.builder.dockerfile.DockerfileException;
import dev.longshore.builder.progress.BuildListener;
import dev.longshore.builder.progress.ClassicOutput;
import dev.longshore.builder.progress.EventJson;
import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Leases;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.DistributionClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `/build`.
final class BuildRoutes {

    private static final Logger log = LoggerFactory.getLogger(BuildRoutes.class);

    private final LocalImages local;
    private final Builder builder;
    private final DistributionClient registries;
    private final Events events;
    private final Time time;
    private final RunningBuilds running = new RunningBuilds();

    BuildRoutes(LocalImages local, Builder builder, DistributionClient registries, Events events, Time time) {
        this.local = local;
        this.builder = builder;
        this.registries = registries;
        this.events = events;
        this.time = time;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/build", (request, name) -> build(request));
        routes.add("POST", "/build/cancel", (request, name) -> {
            running.cancel(request.query().first("id").orElse(""));
            return Response.text(204, "");
        });
    }

    private Response build(Request request) throws IOException, InterruptedException {
        Query query = request.query();
        if (query.first("version").filter("2"::equals).isPresent()) {
            return DockerEngine.error(400, "BuildKit's protocol is not served here: set DOCKER_BUILDKIT=0");
        }
        try {
            BuildBody body = BuildBody.of(request);
            var order = new Order(
                    BuildQuery.read(query, body),
                    CacheQuery.from(query),
                    CacheQuery.to(query),
                    RegistryAuth.of(request),
                    query);
            if (body.directory().isPresent() && !body.directory().get().isHere()) {
                String path = body.directory().get().path().toString();
                return DockerEngine.error(412, "the engine does not see " + path + ": send it as an archive");
            }
            Received received = receive(body, order);
            return Messages.answer(time, messages -> build(order, received, messages));
        } catch (BuildQuery.BadBuildQueryException | DockerfileException wrong) {
            return DockerEngine.error(400, wrong.getMessage());
        }
    }

    /// Reads the body to its end: only then is there anything to answer.
    private Received receive(BuildBody body, Order order) throws IOException {
        var named = new SentContexts(builder);
        boolean isDone = false;
        try {
            named.receive(body.contexts(), body.archive());
            Optional<String> remote = order.query().first("remote").filter(address -> !address.isEmpty());
            Bringing bringing;
            if (remote.isPresent()) {
                bringing = () -> builder.fetch(remote.get(), order.request().wishes());
            } else if (body.directory().isPresent()) {
                bringing = () -> builder.read(body.directory().get());
            } else {
                Context context = builder.receive(body.archive(), kind(order.request()));
                bringing = () -> context;
            }
            isDone = true;
            return new Received(bringing, named);
        } finally {
            if (!isDone) {
                named.close();
            }
        }
    }

    /// Contexts are much alike when they are for the same images, whatever tags these have, and the same Dockerfile.
    private static String kind(BuildRequest request) {
        var kind = new StringBuilder(request.dockerfile());
        for (String tag : request.tags()) {
            int colon = tag.lastIndexOf(':');
            kind.append('\n').append(colon > tag.lastIndexOf('/') ? tag.substring(0, colon) : tag);
        }
        return kind.toString();
    }

    /// What a client asked for.
    private record Order(
            BuildRequest request, List<CachePlace> from, List<CacheExport> to, RegistryAuth auth, Query query) {}

    /// What a client sent to build from.
    private record Received(Bringing context, SentContexts named) {}

    /// Brings a context here.
    @FunctionalInterface
    private interface Bringing {
        Context bring() throws IOException, InterruptedException;
    }

    private void build(Order order, Received received, Messages messages) throws IOException, InterruptedException {
        try (SentContexts named = received.named();
                var _ = running.begin(order.query().first("buildid").orElse(""))) {
            Context context = received.context().bring();
            try {
                BuildRequest asked = order.request();
                BuildRequest wanted = context.applied(asked.with(asked.wishes().withContexts(named.all())));
                Optional<String> call = order.query().first("call").filter(text -> !text.isEmpty());
                if (call.isPresent()) {
                    new BuildCalls(builder, messages).answer(call.get(), wanted, context.directory());
                } else {
                    run(order, wanted, context.directory(), messages);
                }
            } finally {
                builder.discard(context);
            }
        } catch (DockerfileException failed) {
            messages.error(failed.exitCode(), failed.getMessage());
        } catch (ImageFaultException | CacheNotWrittenException failed) {
            messages.error(1, failed.getMessage());
        } catch (InterruptedException cancelled) {
            log.info("a build was cancelled");
            throw cancelled;
        }
    }

    private void run(Order order, BuildRequest wanted, Path context, Messages messages)
            throws IOException, InterruptedException {
        var results = new BuildResults(local, registries, order.auth(), wanted.outputs(), messages, order.query());
        boolean isInlining = order.to().stream().anyMatch(export -> export.place() instanceof CachePlace.Inline);
        BuildRequest request = isInlining ? wanted.inlining() : wanted;
        try (Leases.Lease lease = local.content().leases().open()) {
            var caches = new BuildCaches(local, registries, order.auth(), lease, messages::stream);
            var sources = caches.read(order.from());
            run(
                    request.with(request.wishes().withCacheSources(sources)),
                    context,
                    finished -> {
                        results.take(finished);
                        caches.write(order.to(), finished.result());
                    },
                    order,
                    messages);
        }
    }

    private void run(BuildRequest wanted, Path context, Results results, Order order, Messages messages)
            throws IOException, InterruptedException {
        boolean isQuiet = order.query().isSet("q");
        boolean isDetailed = BuildResults.isDetailed(order.query());
        BuildListener listener;
        if (isDetailed) {
            listener = event -> messages.aux("longshore.event", EventJson.of(event));
        } else {
            listener = isQuiet ? event -> {} : new ClassicOutput(messages::stream);
        }
        Built built = builder.with(order.auth()).build(wanted, context, listener, results);
        if (isQuiet && !isDetailed) {
            messages.stream(built.id() + "\n");
        }
        messages.aux(Json.object().put("ID", built.id().toString()));
        if (wanted.outputs().isStored()) {
            built.tags().forEach(tag -> events.image("tag", built.id().toString(), tag.familiar()));
        }
    }
}
