package dev.longshore.cli;

import dev.longshore.base.Json;
import dev.longshore.http.Headers;
import dev.longshore.http.Query;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/// `longshore docker build`.
@Command(name = "build", description = "Builds an image from a Dockerfile.")
final class DockerBuildCommand implements Callable<Integer> {

    private static final int PIPE = 256 << 10;

    @ParentCommand
    private DockerCommand docker;

    @Option(
            names = {"-t", "--tag"},
            paramLabel = "NAME[:TAG]",
            description = "a name for the image; may be given more than once")
    private List<String> tags = List.of();

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the Dockerfile (default: CONTEXT/Dockerfile)")
    private Path file;

    @Option(names = "--build-arg", paramLabel = "NAME=VALUE", description = "a value for an ARG of the Dockerfile")
    private Map<String, String> arguments = Map.of();

    @Option(names = "--label", paramLabel = "NAME=VALUE", description = "a label for the image")
    private Map<String, String> labels = Map.of();

    @Option(names = "--target", paramLabel = "STAGE", description = "the stage to stop after")
    private String target;

    @Option(names = "--no-cache", description = "builds every step anew")
    private boolean isWithoutCache;

    @Option(names = "--pull", description = "fetches base images anew")
    private boolean isPulling;

    @Parameters(paramLabel = "CONTEXT", description = "the directory that COPY and ADD take files from")
    private Path context;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path root = context.toAbsolutePath().normalize();
        if (!Files.isDirectory(root)) {
            throw new CommandFailure("no such directory: " + context);
        }
        Path dockerfile = file == null
                ? root.resolve("Dockerfile")
                : file.toAbsolutePath().normalize();
        if (!Files.isRegularFile(dockerfile)) {
            throw new CommandFailure("no Dockerfile at " + dockerfile + "; name it with -f");
        }
        if (!dockerfile.startsWith(root)) {
            throw new CommandFailure("the Dockerfile " + dockerfile + " must lie within the context " + root);
        }
        try (var out = new PipedOutputStream();
                var in = new PipedInputStream(out, PIPE)) {
            var sent = CompletableFuture.runAsync(() -> send(root, out), Thread::startVirtualThread);
            docker.engine().stream(
                    "POST",
                    "/build?" + query(root.relativize(dockerfile).toString()),
                    Headers.of("Content-Type", "application/x-tar"),
                    in,
                    spec.commandLine().getOut());
            sent.join();
        }
        return 0;
    }

    private static void send(Path root, PipedOutputStream out) {
        try (out) {
            ContextArchive.write(root, out);
        } catch (IOException failed) {
            throw new CommandFailure("cannot send the build context: " + failed.getMessage(), failed);
        }
    }

    private String query(String dockerfile) {
        var parameters = new LinkedHashMap<String, List<String>>();
        parameters.put("dockerfile", List.of(dockerfile));
        parameters.put("t", tags);
        parameters.put("buildargs", List.of(json(arguments)));
        parameters.put("labels", List.of(json(labels)));
        if (target != null) {
            parameters.put("target", List.of(target));
        }
        if (isWithoutCache) {
            parameters.put("nocache", List.of("1"));
        }
        if (isPulling) {
            parameters.put("pull", List.of("1"));
        }
        return new Query(parameters).encode();
    }

    private static String json(Map<String, String> values) {
        var object = Json.object();
        values.forEach(object::put);
        return new String(Json.bytes(object), StandardCharsets.UTF_8);
    }
}
