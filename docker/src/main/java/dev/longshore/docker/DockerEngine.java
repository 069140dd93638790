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
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Docker Engine API, as far as it is about images: what `docker build`, `images`, `tag`, `push` and their
/// like ask for, over a unix socket. Thread-safe.
public final class DockerEngine implements Handler {

    static final String API_VERSION = "1.50";
    static final String OLDEST_API_VERSION = "1.24";

    private static final Logger log = LoggerFactory.getLogger(DockerEngine.class);
    private static final Pattern VERSIONED = Pattern.compile("/v(1\\.[0-9]{1,3})(/.*)");

    private final Routes routes = new Routes();
    private final String version;

    /// Serves the images in `local`, builds with `builder`, pushes and pulls with `registries`.
    ///
    /// @param version this program's
    public DockerEngine(LocalImages local, Builder builder, DistributionClient registries, String version, Time time) {
        this.version = version;
        var events = new Events(time);
        var cache = new BuildCacheRoutes(builder, time);
        cache.addTo(routes);
        new SystemRoutes(local, version, time).addTo(routes);
        new BuildRoutes(builder, events, time).addTo(routes);
        new DiskUseRoutes(local, DiskUseRoutes.Source.NONE, DiskUseRoutes.Source.NONE, cache::diskUse).addTo(routes);
        new ImageRoutes(local, events, time).addTo(routes);
        new ArchiveRoutes(local, events).addTo(routes);
        new RegistryRoutes(local, registries, events).addTo(routes);
        new EventRoutes(events, time).addTo(routes);
        new ContainerRoutes().addTo(routes);
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
        } catch (Json.MalformedException wrong) {
            return error(400, wrong.getMessage());
        } catch (IOException broken) {
            log.warn("{} {}: {}", request.method(), path, broken.toString());
            return error(500, String.valueOf(broken.getMessage()));
        }
    }

    static Response error(int status, String message) {
        return Response.json(status, Json.bytes(Json.object().put("message", message)));
    }

    static int status(ImageFault fault) {
        return switch (fault) {
            case ImageFault.InvalidReference ignored -> 400;
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
