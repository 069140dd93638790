package dev.longshore.kubelet.serving;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Headers;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import dev.longshore.http.WebSocket;
import dev.longshore.kubelet.pods.PodSnapshot;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.runtime.ContainerStatus;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import dev.longshore.runtime.Streams;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Answers what the API server asks of the node: logs, exec, attach, port-forward, and what pods are here.
/// Whoever may connect may do all of this: put an [AccessGate] in front.
public final class KubeletApi implements Handler {

    private static final Duration LONGEST_COMMAND = Duration.ofDays(30);

    private final PodWorkers pods;
    private final NodeRuntime runtime;
    private final Time time;
    private final Router router;

    /// For the pods of `pods`; `usage` answers what the node uses.
    public KubeletApi(PodWorkers pods, NodeRuntime runtime, NodeUsage usage, Time time) {
        this.pods = requireNonNull(pods, "pods");
        this.runtime = requireNonNull(runtime, "runtime");
        this.time = requireNonNull(time, "time");
        this.router = Router.builder()
                .route("GET", "/healthz", (request, path) -> Response.text(200, "ok"))
                .route("GET", "/pods", (request, path) -> list())
                .route("GET", "/runningpods/", (request, path) -> list())
                .route("GET", "/containerLogs/{namespace}/{pod}/{container}", this::logs)
                .route("*", "/exec/{namespace}/{pod}/{container}", this::exec)
                .route("*", "/exec/{namespace}/{pod}/{uid}/{container}", this::exec)
                .route("POST", "/run/{namespace}/{pod}/{container}", this::run)
                .route("*", "/attach/{namespace}/{pod}/{container}", this::attach)
                .route("*", "/attach/{namespace}/{pod}/{uid}/{container}", this::attach)
                .route("*", "/portForward/{namespace}/{pod}", this::portForward)
                .route("*", "/portForward/{namespace}/{pod}/{uid}", this::portForward)
                .route("GET", "/stats/summary", (request, path) -> Response.json(200, usage.summary()))
                .route("GET", "/metrics/resource", (request, path) -> Response.text(200, usage.metrics()))
                .build();
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        try {
            return router.handle(request);
        } catch (Refusal refusal) {
            return Response.text(refusal.status, refusal.getMessage());
        } catch (IllegalArgumentException malformed) {
            return Response.text(400, malformed.getMessage());
        } catch (RuntimeFaultException failure) {
            return Response.text(500, failure.getMessage());
        }
    }

    private Response list() {
        ObjectNode list = Json.object();
        list.put("kind", "PodList").put("apiVersion", "v1").putObject("metadata");
        var items = list.putArray("items");
        for (PodSnapshot snapshot : pods.pods()) {
            var pod = new PodBuilder(snapshot.pod());
            snapshot.status().ifPresent(pod::withStatus);
            items.add(Json.parse(Serialization.asJson(pod.build())));
        }
        return Response.json(200, Json.bytes(list));
    }

    private Response logs(Request request, Router.Parameters path) {
        PodSnapshot pod = pod(path);
        String name = path.get("container");
        if (container(pod, name).isEmpty()) {
            throw new Refusal(404, "container \"%s\" not found in pod \"%s\"".formatted(name, path.get("pod")));
        }
        LogOptions options = LogOptions.of(request.query(), time.now());
        PodSnapshot.ContainerView view =
                Optional.ofNullable(pod.containers().get(name)).orElse(new PodSnapshot.ContainerView("", 0, false));
        if (options.previous() && view.attempt() == 0) {
            throw new Refusal(
                    400,
                    "previous terminated container \"%s\" in pod \"%s\" not found".formatted(name, path.get("pod")));
        }
        if (view.id().isEmpty()) {
            throw new Refusal(
                    400,
                    "container \"%s\" in pod \"%s\" is waiting to start: %s"
                            .formatted(name, path.get("pod"), waitingReason(pod, name)));
        }
        int attempt = options.previous() ? view.attempt() - 1 : view.attempt();
        Path file = pods.logFile(pod, name, attempt);
        if (options.previous() && Files.notExists(file)) {
            throw new Refusal(
                    400,
                    "previous terminated container \"%s\" in pod \"%s\" not found".formatted(name, path.get("pod")));
        }
        return new Response.Stream(
                200,
                Headers.of("Content-Type", "text/plain"),
                out -> new LogReader(time, options, out).copy(file, () -> !options.previous() && isRunning(view.id())));
    }

    private boolean isRunning(String id) {
        return runtime.containers()
                .status(id)
                .map(status -> status.state() == ContainerStatus.State.RUNNING)
                .orElse(false);
    }

    private static String waitingReason(PodSnapshot pod, String container) {
        return pod.status().stream()
                .flatMap(status -> Stream.concat(
                        status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream()))
                .filter(status -> status.getName().equals(container))
                .map(status -> status.getState().getWaiting())
                .filter(waiting -> waiting != null && waiting.getReason() != null)
                .map(waiting -> waiting.getReason())
                .findFirst()
                .orElse("ContainerCreating");
    }

    private Response exec(Request request, Router.Parameters path) {
        String id = running(path);
        StreamOptions options = StreamOptions.of(request.query());
        List<String> command = command(request);
        return converse(
                request,
                options,
                (stdio, resizes) ->
                        runtime.streams().exec(id, command, options.tty(), stdio, resizes, LONGEST_COMMAND));
    }

    private Response attach(Request request, Router.Parameters path) {
        String id = running(path);
        StreamOptions options = StreamOptions.of(request.query());
        boolean hasTty = container(pod(path), path.get("container"))
                .map(Container::getTty)
                .orElse(false);
        return converse(request, options, (stdio, resizes) -> {
            runtime.streams().attach(id, hasTty, stdio, resizes);
            return 0;
        });
    }

    private Response run(Request request, Router.Parameters path) throws InterruptedException {
        String id = running(path);
        var command = new ArrayList<String>();
        request.query().all("cmd").forEach(words -> command.addAll(List.of(words.split(" "))));
        var output = new ByteArrayOutputStream();
        int exitCode = runtime.streams()
                .exec(
                        id,
                        command,
                        false,
                        new Streams.Stdio(Optional.empty(), Optional.of(output), Optional.of(output)),
                        Optional::empty,
                        LONGEST_COMMAND);
        return Response.text(exitCode == 0 ? 200 : 500, output.toString(StandardCharsets.UTF_8));
    }

    private Response converse(Request request, StreamOptions options, RemoteSession session) {
        if (WebSocket.wants(request)) {
            boolean offers = request.headers().first("Sec-WebSocket-Protocol").isPresent();
            Optional<String> protocol = WebSocket.choose(request, WebSocketSession.PROTOCOLS);
            if (offers && protocol.isEmpty()) {
                return Response.text(403, new String(WebSocketSession.refusal(), StandardCharsets.UTF_8));
            }
            return new Response.WebSocketUpgrade(protocol, new WebSocketSession(options, session));
        }
        requireSpdy(request);
        Optional<String> version = SpdySession.choose(request);
        if (version.isEmpty()) {
            throw new Refusal(403, "unable to upgrade: none of the stream protocol versions offered is spoken here");
        }
        boolean offers = request.headers().first(SpdySession.VERSION).isPresent();
        return new Response.SpdyUpgrade(
                offers ? Headers.of(SpdySession.VERSION, version.get()) : Headers.EMPTY,
                new SpdySession(options, session, time, version.get()));
    }

    private Response portForward(Request request, Router.Parameters path) {
        PodSnapshot pod = pod(path);
        String sandbox = pod.sandboxId()
                .orElseThrow(() ->
                        new Refusal(400, "pod %s_%s has no sandbox".formatted(path.get("pod"), path.get("namespace"))));
        PortForwardSession.Forward forward =
                (port, in, out) -> runtime.streams().portForward(sandbox, port, in, out);
        var session = new PortForwardSession(
                forward, path.get("pod") + ", uid : " + pod.pod().getMetadata().getUid());
        if (WebSocket.wants(request)) {
            Optional<String> tunnel = WebSocket.choose(request, List.of(PortForwardSession.TUNNEL));
            if (tunnel.isPresent()) {
                return new Response.WebSocketUpgrade(tunnel, session);
            }
            return new Response.WebSocketUpgrade(
                    WebSocket.choose(request, OldPortForwardSession.PROTOCOLS),
                    new OldPortForwardSession(forward, ports(request)));
        }
        requireSpdy(request);
        return new Response.SpdyUpgrade(Headers.of(SpdySession.VERSION, PortForwardSession.PROTOCOL), session);
    }

    private static List<Integer> ports(Request request) {
        List<Integer> ports = Stream.concat(request.query().all("port").stream(), request.query().all("ports").stream())
                .flatMap(list -> Stream.of(list.split(",", -1)))
                .map(Integer::valueOf)
                .toList();
        if (ports.isEmpty() || ports.stream().anyMatch(port -> port < 1 || port >= 1 << 16)) {
            throw new Refusal(400, "query parameter \"port\" is required");
        }
        return ports;
    }

    private static void requireSpdy(Request request) {
        if (!request.headers().hasToken("Upgrade", "SPDY/3.1")) {
            throw new Refusal(400, "unable to upgrade: missing upgrade headers in request");
        }
    }

    private static List<String> command(Request request) {
        List<String> command = request.query().all("command");
        if (command.isEmpty()) {
            throw new Refusal(400, "you must specify a command");
        }
        return command;
    }

    private PodSnapshot pod(Router.Parameters path) {
        return pods.pod(path.get("namespace"), path.get("pod"))
                .filter(pod -> Optional.ofNullable(path.values().get("uid"))
                        .map(uid -> uid.equals(pod.pod().getMetadata().getUid()))
                        .orElse(true))
                .orElseThrow(() ->
                        new Refusal(404, "pod \"%s/%s\" not found".formatted(path.get("namespace"), path.get("pod"))));
    }

    private static Optional<Container> container(PodSnapshot pod, String name) {
        var spec = pod.pod().getSpec();
        return Stream.concat(spec.getContainers().stream(), spec.getInitContainers().stream())
                .filter(container -> container.getName().equals(name))
                .findFirst()
                .or(() -> spec.getEphemeralContainers().stream()
                        .filter(added -> added.getName().equals(name))
                        .map(added -> {
                            var plain = new Container();
                            plain.setName(name);
                            plain.setTty(added.getTty());
                            return plain;
                        })
                        .findFirst());
    }

    private String running(Router.Parameters path) {
        PodSnapshot pod = pod(path);
        String name = path.get("container");
        return Optional.ofNullable(pod.containers().get(name))
                .map(PodSnapshot.ContainerView::id)
                .filter(this::isRunning)
                .orElseThrow(() ->
                        new Refusal(404, "unable to upgrade connection: container not found (\"%s\")".formatted(name)));
    }

    /// A request that is answered by a status and a sentence.
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int status;

        Refusal(int status, String message) {
            super(message);
            this.status = status;
        }
    }
}
