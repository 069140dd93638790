package dev.longshore.kubelet.node;

import dev.longshore.base.Time;
import dev.longshore.runtime.Images;
import dev.longshore.runtime.NodeRuntime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How the runtime is, found out without ever waiting long for it: one that hangs is a condition of the node, not
/// the end of its reports. The words are the kubelet's (`pkg/kubelet/runtime.go`).
final class RuntimeHealth {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final Duration RELIST = Duration.ofMinutes(3);

    private final Timely<NodeRuntime.Readiness> readiness;
    private final Timely<Integer> containers;
    private final Timely<List<Images.ImageStatus>> images;
    private volatile Optional<Instant> well = Optional.empty();

    RuntimeHealth(NodeRuntime runtime, Time time) {
        this(runtime, time, PATIENCE);
    }

    RuntimeHealth(NodeRuntime runtime, Time time, Duration patience) {
        this.readiness = new Timely<>("the runtime's state", runtime::readiness, time, patience);
        this.containers = new Timely<>(
                "the list of containers", () -> runtime.containers().list().size(), time, patience);
        this.images = new Timely<>("the list of images", () -> runtime.images().list(), time, patience);
    }

    /// The images there are, as last told.
    List<Images.ImageStatus> images() throws InterruptedException {
        return images.ask().map(Timely.Answer::value).orElse(List.of());
    }

    /// When the runtime last answered all that pods need; empty before it ever did.
    Optional<Instant> well() {
        return well;
    }

    /// What keeps the node from being ready; empty when nothing does.
    List<String> problems(Instant now) throws InterruptedException {
        var problems = new ArrayList<String>();
        Optional<Timely.Answer<NodeRuntime.Readiness>> state = readiness.ask();
        if (state.isEmpty()) {
            problems.add("container runtime status check may not have completed yet");
        } else if (!state.get().at().plus(SILENCE).isAfter(now)) {
            problems.add("container runtime is down");
        }
        relisted(now).ifPresent(problems::add);
        state.map(Timely.Answer::value).ifPresent(said -> {
            if (!said.runtimeReady()) {
                problems.add("container runtime not ready: RuntimeReady=false reason:ContainerRuntimeNotReady message:"
                        + said.message());
            }
        });
        if (problems.isEmpty()) {
            well = Optional.of(now);
        }
        state.map(Timely.Answer::value).ifPresent(said -> {
            if (!said.networkReady()) {
                problems.add("container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"
                        + " message:Network plugin returns error: " + said.message());
            }
        });
        return problems;
    }

    private Optional<String> relisted(Instant now) throws InterruptedException {
        Optional<Timely.Answer<Integer>> list = containers.ask();
        if (list.isEmpty()) {
            return Optional.of("PLEG is not healthy: pleg has yet to be successful");
        }
        Duration ago = Duration.between(list.get().at(), now);
        return ago.compareTo(RELIST) < 0
                ? Optional.empty()
                : Optional.of("PLEG is not healthy: pleg was last seen active %s ago; threshold is %s"
                        .formatted(span(ago), span(RELIST)));
    }

    // As Go writes durations.
    private static String span(Duration duration) {
        String minutes = duration.toMinutesPart() + "m" + duration.toSecondsPart() + "s";
        return duration.toHours() > 0 ? duration.toHours() + "h" + minutes : minutes;
    }
}
