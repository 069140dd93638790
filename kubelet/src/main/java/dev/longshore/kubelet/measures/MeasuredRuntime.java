package dev.longshore.kubelet.measures;

import dev.longshore.base.Time;
import dev.longshore.runtime.Containers;
import dev.longshore.runtime.HandlerFeatures;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import dev.longshore.runtime.SandboxSpec;
import dev.longshore.runtime.Sandboxes;
import dev.longshore.runtime.Streams;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// A runtime that is counted: how often it was asked for what, how long that took and how often it failed, under
/// the names that CRI has for it. Behaves otherwise as what it stands before; what CRI has no name for is not counted.
public final class MeasuredRuntime implements NodeRuntime {

    private static final Map<String, String> SANDBOXES = Map.of(
            "run", "run_podsandbox",
            "stop", "stop_podsandbox",
            "remove", "remove_podsandbox",
            "list", "list_podsandbox",
            "status", "podsandbox_status",
            "update", "update_podsandbox_resources");
    private static final Map<String, String> CONTAINERS = Map.of(
            "create", "create_container",
            "start", "start_container",
            "stop", "stop_container",
            "remove", "remove_container",
            "update", "update_container",
            "list", "list_containers",
            "status", "container_status",
            "stats", "container_stats");
    private static final Map<String, String> IMAGES = Map.of(
            "status", "image_status",
            "pull", "pull_image",
            "list", "list_images",
            "remove", "remove_image");
    private static final Map<String, String> STREAMS =
            Map.of("exec", "exec", "attach", "attach", "join", "attach", "portForward", "port_forward");

    private static final String RELIST = "list_containers";

    private final NodeRuntime runtime;
    private final AtomicLong relisted;
    private final NodeMeasures measures;
    private final Time time;
    private final Sandboxes sandboxes;
    private final Containers containers;
    private final Images images;
    private final Streams streams;

    /// Stands before `runtime`.
    public MeasuredRuntime(NodeRuntime runtime, NodeMeasures measures, Time time) {
        this.runtime = runtime;
        this.measures = measures;
        this.time = time;
        this.relisted = new AtomicLong(time.nanoTime());
        this.sandboxes = counted(Sandboxes.class, runtime.sandboxes(), SANDBOXES);
        this.containers = counted(Containers.class, runtime.containers(), CONTAINERS);
        this.images = counted(Images.class, runtime.images(), IMAGES);
        this.streams = counted(Streams.class, runtime.streams(), STREAMS);
    }

    private <T> T counted(Class<T> type, T behind, Map<String, String> names) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(behind, method, arguments, names.get(method.getName()))));
    }

    private Object call(Object behind, Method method, Object[] arguments, String operation) throws Throwable {
        long begun = time.nanoTime();
        boolean failed = true;
        try {
            Object answer = method.invoke(behind, arguments);
            failed = false;
            return answer;
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        } finally {
            if (operation != null) {
                measures.operated(operation, time.nanoTime() - begun, failed);
                if (operation.equals(RELIST)) {
                    measures.relisted(time.nanoTime() - begun, begun - relisted.getAndSet(begun));
                }
                if (arguments != null && arguments[0] instanceof SandboxSpec spec) {
                    measures.sandboxMade(spec.runtimeHandler(), time.nanoTime() - begun, failed);
                }
            }
        }
    }

    @Override
    public String version() {
        return runtime.version();
    }

    @Override
    public Sandboxes sandboxes() {
        return sandboxes;
    }

    @Override
    public Containers containers() {
        return containers;
    }

    @Override
    public Images images() {
        return images;
    }

    @Override
    public Streams streams() {
        return streams;
    }

    @Override
    public Set<String> handlers() {
        return runtime.handlers();
    }

    @Override
    public HandlerFeatures features(String handler) {
        return runtime.features(handler);
    }

    @Override
    public Readiness readiness() {
        return runtime.readiness();
    }

    @Override
    public void close() {
        runtime.close();
    }
}
