package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.builder.Builder;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.ImageFault;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.LocalImages;
import dev.longshore.images.distribution.DistributionClient;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Docker Engine API over a unix socket: images, and, where there is a host for them, containers, volumes and
/// networks. Thread-safe.
public final class DockerEngine implements Handler, AutoCloseable {

    static final String API_VERSION = "1.50";
    /// Docker's engine that has this API.
    static final String DOCKER_VERSION = "28.2.2";
    static final String OLDEST_API_VERSION = "1.24";

    private static final Logger log = LoggerFactory.getLogger(DockerEngine.class);
    private static final Pattern VERSIONED = Pattern.compile("/v(1\\.[0-9]{1,3})(/.*)");

    private final Routes routes = new Routes();
    private final String version;
    private final Optional<Engine> engine;

    /// Serves the images in `local`, builds with `builder`, pushes and pulls with `registries`.
    ///
    /// @param version this program's
    public DockerEngine(LocalImages local, Builder builder, DistributionClient registries, String version, Time time) {
        this(local, builder, registries, version, time, Optional.empty());
    }

    /// The same, with containers on `host`. They run, or are taken over, from [#start] on.
    public DockerEngine(
            LocalImages local,
            Builder builder,
            DistributionClient registries,
            String version,
            Time time,
            ContainerHost host) {
        this(local, builder, registries, version, time, Optional.of(host));
    }

    private DockerEngine(
            LocalImages local,
            Builder builder,
            DistributionClient registries,
            String version,
            Time time,
            Optional<ContainerHost> host) {
        this.version = version;
        var events = new Events(time);
        this.engine = host.map(there -> new Engine(there, local, events, time));
        var cache = new BuildCacheRoutes(builder, time);
        cache.addTo(routes);
        new SystemRoutes(local, engine, version, time).addTo(routes);
        new BuildRoutes(local, builder, registries, events, time).addTo(routes);
        new DiskUseRoutes(local, containers(time), volumes(), cache::diskUse).addTo(routes);
        SearchRoute.DOCKER_HUB.addTo(routes);
        new ImageRoutes(local, events, time).addTo(routes);
        new ArchiveRoutes(local, events).addTo(routes);
        new RegistryRoutes(local, registries, events).addTo(routes);
        new EventRoutes(events, time).addTo(routes);
        engine.ifPresent(running -> addContainers(running, local, time));
        new ClusterRoutes().addTo(routes);
    }

    private DiskUseRoutes.Source containers(Time time) {
        return engine.isEmpty()
                ? DiskUseRoutes.Source.NONE
                : () -> {
                    var list = Json.array();
                    for (EngineContainer container : engine.get().containers().list()) {
                        list.add(engine.get().views().summary(container, true, time.now(), ApiVersion.NEWEST));
                    }
                    return list;
                };
    }

    private DiskUseRoutes.Source volumes() {
        return engine.isEmpty()
                ? DiskUseRoutes.Source.NONE
                : () -> {
                    var list = Json.array();
                    for (Volumes.Volume volume : engine.get().volumes().list()) {
                        var shown = volume.shown();
                        shown.putObject("UsageData")
                                .put("Size", engine.get().volumes().size(volume))
                                .put(
                                        "RefCount",
                                        engine.get()
                                                .runs()
                                                .usersOf(volume.name())
                                                .size());
                        list.add(shown);
                    }
                    return list;
                };
    }

    private void addContainers(Engine running, LocalImages local, Time time) {
        new ContainerRoutes(running, time).addTo(routes);
        new StreamRoutes(running, time).addTo(routes);
        new ExecRoutes(running).addTo(routes);
        new FileRoutes(running, local).addTo(routes);
        new CommitRoute(running, local).addTo(routes);
        new StatsRoutes(running, time).addTo(routes);
        new VolumeRoutes(running).addTo(routes);
        new NetworkRoutes(running, time).addTo(routes);
    }

    /// Takes over the containers that run, and starts those that are to run always.
    public void start() throws IOException, InterruptedException {
        if (engine.isPresent()) {
            engine.get().start();
        }
    }

    /// Ends every container, gracefully within `most`.
    public void stopContainers(Duration most) throws InterruptedException {
        if (engine.isPresent()) {
            engine.get().stopAll(most);
        }
    }

    /// Looks after the containers no longer; they go on.
    @Override
    public void close() {
        engine.ifPresent(Engine::close);
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        Response response = answer(request);
        Headers headers = response.headers()
                .with("Api-Version", API_VERSION)
                .with("Server", "Longshore/" + version)
                .with("Ostype", "linux")
                .with("Docker-Experimental", "false");
        return switch (response) {
            case Response.Full full ->
                new Response.Full(full.status(), headers, request.method().equals("HEAD") ? new byte[0] : full.body());
            case Response.Stream stream -> new Response.Stream(stream.status(), headers, stream.body());
            case Response.Hijack hijack -> hijack;
            case Response.WebSocketUpgrade upgrade -> upgrade;
            case Response.SpdyUpgrade upgrade -> upgrade;
        };
    }

    private Response answer(Request request) throws IOException, InterruptedException {
        String path = request.path();
        Matcher versioned = VERSIONED.matcher(path);
        if (versioned.matches()) {
            path = versioned.group(2);
            int minor = Integer.parseInt(versioned.group(1).substring(2));
            if (minor > Integer.parseInt(API_VERSION.substring(2))) {
                return error(
                        400,
                        "client version " + versioned.group(1) + " is too new. Maximum supported API version is "
                                + API_VERSION);
            }
            if (minor < Integer.parseInt(OLDEST_API_VERSION.substring(2))) {
                return error(
                        400,
                        "client version " + versioned.group(1)
                                + " is too old. Minimum supported API version is " + OLDEST_API_VERSION
                                + ", please upgrade your client to a newer version");
            }
        }
        Optional<Routes.Found> found = routes.find(request.method(), path);
        if (found.isEmpty()) {
            return error(404, "page not found");
        }
        try {
            return found.get().answer().to(request, found.get().name());
        } catch (ImageFaultException failed) {
            return error(status(failed.fault()), failed.getMessage());
        } catch (EngineException refused) {
            return refusal(refused);
        } catch (RuntimeFaultException failed) {
            log.warn("{} {}: {}", request.method(), path, failed.getMessage());
            return error(500, failed.getMessage());
        } catch (Json.MalformedException wrong) {
            return error(400, wrong.getMessage());
        } catch (IOException broken) {
            log.warn("{} {}: {}", request.method(), path, broken.toString());
            return error(500, String.valueOf(broken.getMessage()));
        }
    }

    private static Response refusal(EngineException refused) {
        return switch (refused.kind()) {
            case INVALID -> error(400, refused.getMessage());
            case NOT_FOUND -> error(404, refused.getMessage());
            case CONFLICT -> error(409, refused.getMessage());
            case FORBIDDEN -> error(403, refused.getMessage());
            case NOT_MODIFIED -> new Response.Full(304, Headers.EMPTY, new byte[0]);
            case NOT_IMPLEMENTED -> error(501, refused.getMessage());
            case FAILED -> error(500, refused.getMessage());
        };
    }

    static Response error(int status, String message) {
        return Response.json(status, Json.bytes(Json.object().put("message", message)));
    }

    static int status(ImageFault fault) {
        return switch (fault) {
            case ImageFault.InvalidReference ignored -> 400;
            case ImageFault.Clash ignored -> 400;
            case ImageFault.Malformed ignored -> 400;
            case ImageFault.WrongDigest ignored -> 400;
            case ImageFault.WrongSize ignored -> 400;
            case ImageFault.WrongOffset ignored -> 400;
            case ImageFault.NoSuchImage ignored -> 404;
            case ImageFault.NoSuchPlatform ignored -> 404;
            case ImageFault.NoSuchContent ignored -> 404;
            case ImageFault.NoSuchUpload ignored -> 404;
            case ImageFault.InUse ignored -> 409;
            case ImageFault.Registry registry ->
                registry.status() == 401 || registry.status() == 404 ? registry.status() : 500;
        };
    }
}
