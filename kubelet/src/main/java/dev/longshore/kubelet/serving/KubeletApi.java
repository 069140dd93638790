package dev.longshore.kubelet.serving;

import static java.util.Objects.requireNonNull;

import dev.longshore.base.Json;
import dev.longshore.base.Time;
import dev.longshore.http.Handler;
import dev.longshore.http.Request;
import dev.longshore.http.Response;
import dev.longshore.http.Router;
import dev.longshore.kubelet.pods.PodWorkers;
import dev.longshore.kubelet.shutdown.ShutdownTimes;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.RuntimeFaultException;
import java.io.IOException;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Answers what the API server and metrics servers ask of the node: logs, exec, attach, port-forward, what pods are
/// here and what they use. Whoever may connect may do all of this: put an [AccessGate] in front.
public final class KubeletApi implements Handler {

    private final Router router;
    private final ServedRequests requests;

    /// For the pods of `pods`.
    ///
    /// @param usage what the node uses
    /// @param nodeLogs the files of the machine's own logs
    /// @param syncLoop whether pods are looked after
    /// @param configuration what `/configz` shows: a KubeletConfiguration
    /// @param shutdowns when the node was last shut down
    public KubeletApi(
            PodWorkers pods,
            NodeRuntime runtime,
            NodeUsage usage,
            NodeLogs nodeLogs,
            SyncLoop syncLoop,
            Supplier<ObjectNode> configuration,
            Supplier<ShutdownTimes> shutdowns,
            Time time) {
        requireNonNull(pods, "pods");
        requireNonNull(runtime, "runtime");
        var served = new ServedPods(pods, runtime);
        var logs = new ContainerLogs(served, runtime.containers(), requireNonNull(time, "time"));
        var commands = new RemoteCommands(served, runtime, time);
        var health = new Health(syncLoop::problem);
        this.requests = new ServedRequests(time);
        var self = new SelfReport(pods, requests, usage, shutdowns, time);
        Router.Builder routes = Router.builder()
                .route("GET", "/healthz", (request, path) -> health.all(request.query()))
                .route("GET", "/healthz/{check}", (request, path) -> health.one(path.get("check")))
                .route("GET", "/pods", (request, path) -> served.wanted())
                .route("GET", "/pods/", (request, path) -> served.wanted())
                .route("GET", "/runningpods/", (request, path) -> served.running())
                .route("GET", "/runningpods", (request, path) -> served.running())
                .route("GET", "/containerLogs/{namespace}/{pod}/{container}", logs::answer)
                .route("*", "/exec/{namespace}/{pod}/{container}", commands::exec)
                .route("*", "/exec/{namespace}/{pod}/{uid}/{container}", commands::exec)
                .route("POST", "/run/{namespace}/{pod}/{container}", commands::run)
                .route("POST", "/run/{namespace}/{pod}/{uid}/{container}", commands::run)
                .route("*", "/attach/{namespace}/{pod}/{container}", commands::attach)
                .route("*", "/attach/{namespace}/{pod}/{uid}/{container}", commands::attach)
                .route("*", "/portForward/{namespace}/{pod}", commands::portForward)
                .route("*", "/portForward/{namespace}/{pod}/{uid}", commands::portForward)
                .route("POST", "/checkpoint/{namespace}/{pod}/{container}", new Checkpoints(served)::answer)
                .route("GET", "/logs", (request, path) -> nodeLogs.answer(""))
                .route("GET", "/logs/{file...}", (request, path) -> nodeLogs.answer(path.get("file")))
                .route("GET", "/configz", (request, path) -> configz(configuration.get()))
                .route(
                        "GET",
                        "/stats/summary",
                        (request, path) -> usage.summary(request.query().isSet("only_cpu_and_memory")))
                .route("GET", "/metrics/cadvisor", (request, path) -> usage.cadvisorMetrics())
                .route("GET", "/metrics/probes", (request, path) -> self.probes())
                .route("GET", "/metrics", (request, path) -> self.metrics())
                .route("GET", "/statusz", (request, path) -> self.statusz())
                .route("GET", "/flagz", (request, path) -> self.flagz(configuration.get()))
                .route("GET", "/metrics/slis", (request, path) -> slis(health))
                .route("GET", "/metrics/resource", (request, path) -> usage.resourceMetrics());
        this.router = routes.build();
    }

    private static Response slis(Health health) {
        var page = new MetricsPage();
        health.measure(page);
        return page.response();
    }

    private static Response configz(ObjectNode configuration) {
        ObjectNode shown = Json.object();
        shown.set("kubeletconfig", configuration);
        return Response.json(200, Json.bytes(shown));
    }

    @Override
    public Response handle(Request request) throws IOException, InterruptedException {
        try {
            return requests.counted(request, router);
        } catch (RefusedException refused) {
            return Response.text(refused.status(), refused.getMessage());
        } catch (IllegalArgumentException malformed) {
            return Response.text(400, malformed.getMessage());
        } catch (RuntimeFaultException failure) {
            return Response.text(500, failure.getMessage());
        }
    }
}
