package dev.longshore.kubelet.serving;

import dev.longshore.base.Time;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.Streams;
import dev.longshore.runtime.streaming.BoundedOutput;
import dev.longshore.runtime.streaming.Conversations;
import dev.longshore.runtime.streaming.RemoteSession;
import dev.longshore.runtime.streaming.StreamOptions;
import io.fabric8.kubernetes.api.model.Container;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Answers `/exec`, `/attach`, `/run` and `/portForward`: lasting conversations with containers, over WebSocket or
/// SPDY.
final class RemoteCommands {

    private static final Duration LONGEST_COMMAND = Duration.ofDays(30);
    private static final int MOST_OUTPUT = 16 << 20;
    private static final String NO_POD = "pod does not exist";

    private final ServedPods pods;
    private final NodeRuntime runtime;
    private final Time time;

    RemoteCommands(ServedPods pods, NodeRuntime runtime, Time time) {
        this.pods = pods;
        this.runtime = runtime;
        this.time = time;
    }

    Response exec(Request request, Router.Parameters path) {
        StreamOptions options = StreamOptions.of(request.query());
        String name = path.get("container");
        String id = pods.running(pods.pod(path, NO_POD), name)
                .orElseThrow(() -> new RefusedException(500, "container not found (\"%s\")".formatted(name)));
        List<String> command = request.query().all("command");
        if (command.isEmpty()) {
            throw new RefusedException(400, "you must specify a command");
        }
        return converse(
                request,
                options,
                (stdio, resizes) ->
                        runtime.streams().exec(id, command, options.tty(), stdio, resizes, LONGEST_COMMAND));
    }

    Response attach(Request request, Router.Parameters path) {
        StreamOptions options = StreamOptions.of(request.query());
        PodSnapshot pod = pods.pod(path, NO_POD);
        String name = path.get("container");
        String id = pods.running(pod, name)
                .orElseThrow(() -> new RefusedException(
                        500,
                        "container %s not found in pod %s_%s".formatted(name, path.get("pod"), path.get("namespace"))));
        // Whether there is a terminal was decided when the container began.
        boolean hasTty = ServedPods.container(pod, name).map(Container::getTty).orElse(false);
        return converse(request, options, (stdio, resizes) -> {
            runtime.streams().attach(id, hasTty, stdio, resizes);
            return 0;
        });
    }

    Response run(Request request, Router.Parameters path) throws InterruptedException {
        String name = path.get("container");
        String id = pods.running(pods.pod(path, NO_POD), name)
                .orElseThrow(() -> new RefusedException(500, "container not found (\"%s\")".formatted(name)));
        List<String> command = List.of(request.query().first("cmd").orElse("").split(" ", -1));
        var output = new BoundedOutput(MOST_OUTPUT);
        int exitCode = runtime.streams()
                .exec(
                        id,
                        command,
                        false,
                        new Streams.Stdio(Optional.empty(), Optional.of(output), Optional.of(output)),
                        Optional::empty,
                        LONGEST_COMMAND);
        String text = new String(output.bytes(), StandardCharsets.UTF_8);
        if (exitCode != 0) {
            throw new RefusedException(
                    500, "command '%s' exited with %d: %s".formatted(String.join(" ", command), exitCode, text));
        }
        return Response.json(200, text.getBytes(StandardCharsets.UTF_8));
    }

    private Response converse(Request request, StreamOptions options, RemoteSession session) {
        return Conversations.command(request, options, session, time);
    }

    Response portForward(Request request, Router.Parameters path) {
        List<Integer> ports = Conversations.namesPorts(request) ? ports(request) : List.of();
        PodSnapshot pod = pods.pod(path, NO_POD);
        String sandbox = pod.sandboxId()
                .orElseThrow(() -> new RefusedException(
                        500, "pod not found (\"%s_%s\")".formatted(path.get("pod"), path.get("namespace"))));
        return Conversations.forward(
                request, (port, in, out) -> runtime.streams().portForward(sandbox, port, in, out), sandbox, ports);
    }

    private static List<Integer> ports(Request request) {
        List<String> asked = Stream.concat(request.query().all("port").stream(), request.query().all("ports").stream())
                .flatMap(list -> Stream.of(list.split(",", -1)))
                .toList();
        if (asked.isEmpty()) {
            throw new RefusedException(400, "query parameter \"port\" is required");
        }
        return asked.stream().map(RemoteCommands::port).toList();
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port < 1 || port >= 1 << 16) {
                throw new RefusedException(400, "port \"%s\" must be > 0".formatted(text));
            }
            return port;
        } catch (NumberFormatException malformed) {
            throw new RefusedException(400, "unable to parse \"%s\" as a port: invalid syntax".formatted(text));
        }
    }
}
