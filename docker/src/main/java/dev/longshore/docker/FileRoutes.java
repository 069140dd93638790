package dev.longshore.docker;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.images.Compression;
import dev.longshore.images.LayerChanges;
import dev.longshore.images.LocalImages;
import dev.longshore.images.tar.MalformedTarException;
import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.RootView;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A container's files: copied in and out, compared with its image, exported whole.
final class FileRoutes {

    private static final String TAR = "application/x-tar";

    private final Engine engine;
    private final LocalImages local;

    FileRoutes(Engine engine, LocalImages local) {
        this.engine = engine;
        this.local = local;
    }

    void addTo(Routes routes) {
        routes.add("HEAD", "/containers/{name}/archive", this::stat);
        routes.add("GET", "/containers/{name}/archive", this::read);
        routes.add("PUT", "/containers/{name}/archive", this::write);
        routes.add("GET", "/containers/{name}/changes", (request, name) -> changes(name));
        routes.add("GET", "/containers/{name}/export", (request, name) -> export(name));
    }

    private interface Work<T> {
        T on(FileCopies files) throws IOException, InterruptedException;
    }

    /// Does `work` on the container's files; while one that does not run is looked into, it cannot be started.
    private <T> T with(EngineContainer container, String path, Work<T> work) throws IOException, InterruptedException {
        boolean isHeld = !container.state().hasProcesses();
        if (isHeld) {
            container.work().lockInterruptibly();
        }
        try (RootView root = view(container)) {
            return work.on(new FileCopies(root, local));
        } catch (NoSuchFileException absent) {
            throw new EngineException(
                    EngineException.Kind.NOT_FOUND,
                    "Could not find the file " + path + " in container " + container.name(),
                    absent);
        } catch (NotDirectoryException other) {
            throw new EngineException(EngineException.Kind.INVALID, "not a directory", other);
        } finally {
            if (isHeld) {
                container.work().unlock();
            }
        }
    }

    private RootView view(EngineContainer container) throws IOException, InterruptedException {
        if (container.state().hasProcesses()) {
            return engine.host().roots().running(container.state().runtimeId());
        }
        var mounts = new ArrayList<ContainerSpec.Mount>();
        for (MountPoint mount : container.mounts()) {
            if (!mount.source().isEmpty()) {
                mounts.add(ContainerSpec.Mount.bind(mount.path(), mount.destination(), !mount.isWritable()));
            }
        }
        return engine.host().roots().resting(below(container), container.upper().getParent(), mounts);
    }

    private List<Path> below(EngineContainer container) throws IOException, InterruptedException {
        var layers = new ArrayList<Path>();
        layers.add(container.directory().resolve("init"));
        layers.addAll(local.snapshots()
                .prepare(Creation.holder(container.id()), container.image())
                .lowerDirectories());
        return layers;
    }

    private static String path(Request request) {
        String path = request.query().first("path").orElse("");
        if (path.isEmpty()) {
            throw EngineException.invalid("bad parameter: 'path' cannot be empty");
        }
        return path;
    }

    private Response stat(Request request, String name) throws IOException, InterruptedException {
        String path = path(request);
        PathStat stat = with(engine.containers().get(name), path, files -> files.stat(path));
        return new Response.Full(200, Headers.of("X-Docker-Container-Path-Stat", stat.header()), new byte[0]);
    }

    private Response read(Request request, String name) throws IOException, InterruptedException {
        EngineContainer container = engine.containers().get(name);
        String path = path(request);
        PathStat stat = with(container, path, files -> files.stat(path));
        return new Response.Stream(
                200,
                Headers.of("Content-Type", TAR, "X-Docker-Container-Path-Stat", stat.header()),
                out -> with(container, path, files -> {
                    files.read(path, out);
                    return stat;
                }));
    }

    private Response write(Request request, String name) throws IOException, InterruptedException {
        EngineContainer container = engine.containers().get(name);
        String path = path(request);
        refuseReadOnly(container, path);
        boolean keepsKinds = request.query().isSet("noOverwriteDirNonDir");
        try (InputStream plain = Compression.open(request.body())) {
            with(container, path, files -> {
                files.write(plain, path, keepsKinds);
                return path;
            });
        } catch (MalformedTarException wrong) {
            throw new EngineException(EngineException.Kind.INVALID, wrong.getMessage(), wrong);
        }
        return Response.text(200, "");
    }

    private static void refuseReadOnly(EngineContainer container, String path) {
        Path target = Path.of("/", path).normalize();
        for (MountPoint mount : container.mounts()) {
            if (target.startsWith(mount.destination())) {
                if (!mount.isWritable()) {
                    throw EngineException.forbidden("mounted volume is marked read-only");
                }
                return;
            }
        }
        if (container.config().host().path("ReadonlyRootfs").asBoolean(false)) {
            throw EngineException.forbidden("container rootfs is marked read-only");
        }
    }

    private Response changes(String name) throws IOException, InterruptedException {
        EngineContainer container = engine.containers().get(name);
        var answer = Json.array();
        new LayerChanges(local.inodes())
                .of(container.upper(), below(container))
                .forEach(change -> answer.addObject()
                        .put("Path", change.path())
                        .put("Kind", change.kind().ordinal()));
        return Response.json(200, Json.bytes(answer));
    }

    private Response export(String name) throws IOException, InterruptedException {
        EngineContainer container = engine.containers().get(name);
        var layers = new ArrayList<Path>();
        layers.add(container.upper());
        layers.addAll(below(container));
        engine.events().tell(container, "export");
        return new Response.Stream(
                200,
                Headers.of("Content-Type", TAR),
                out -> local.layers().archive().write(local.layers().merged(layers), out));
    }
}
